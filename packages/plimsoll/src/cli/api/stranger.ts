import { PlimsollError } from '../../model/errors.ts';

/** The error for a server that answers otherwise than ours of this version would. `cause`: what was wrong with it. */
export function stranger(name: string, cause?: unknown): PlimsollError {
  const message = `${name} answers, but not as a Plimsoll server of this version does.`;
  return new PlimsollError('PLM1004', message, {}, { cause });
}
