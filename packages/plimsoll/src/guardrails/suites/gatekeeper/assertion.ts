import { goPattern } from '../../go-pattern.ts';
import type { Assertion } from './suite-schema.ts';

/**
 * What differs from an assertion, given the messages of all violations; null where it holds
 * (gatekeeper pkg/gator/verify/assertion.go).
 */
export function assertionFault({ violations, message }: Assertion, messages: readonly string[]): string | null {
  const pattern = message === undefined ? () => true : goPattern(message);
  if (typeof pattern !== 'function') return `message '${message ?? ''}' is no regular expression: ${pattern.fault}`;
  const count = messages.filter(pattern).length;
  const holds = violations === 'yes' ? count > 0 : count === (violations === 'no' ? 0 : violations);
  if (holds) return null;
  const expected = violations === 'yes' ? 'at least 1' : violations === 'no' ? 'none' : String(violations);
  const about = message === undefined ? '' : ` like '${message}'`;
  const said = messages.length === 0 ? '' : `: ${messages.join('; ')}`;
  return `${count} violations${about}, expected ${expected}${said}`;
}
