import { CelError } from '../errors.ts';
import { latin1 } from '../values/byte-string.ts';
import { noSuchOverload } from '../values/fault.ts';
import { ofText } from './define.ts';
import type { CelFunction } from './function.ts';

const encoded = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** Standard base64 with or without padding; Go skips line breaks. @throws {CelError} */
function decode(text: string): Uint8Array {
  const plain = text.replace(/[\r\n]/g, '');
  if (!encoded.test(plain)) throw new CelError('illegal base64 data');
  return Uint8Array.from(atob(plain), (c) => c.charCodeAt(0));
}

/** cel-go's ext.Encoders (ext/encoders.go), which Kyverno has. */
export const encoderFunctions = (): readonly CelFunction[] => [
  ofText('base64.decode', decode),
  {
    name: 'base64.encode',
    style: 'global',
    arity: [1],
    apply: (bytes) => (bytes instanceof Uint8Array ? btoa(latin1(bytes)) : noSuchOverload()),
  },
];
