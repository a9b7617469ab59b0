import type { Overload } from '../declarations/declaration.ts';
import { formatType } from '../types/format-type.ts';

/** A way to call a function, as one would write it: `string.charAt(int) -> string`. */
export function signatureOf(name: string, { args, member, result }: Overload): string {
  const [target = '', ...rest] = args.map(formatType);
  return member
    ? `${target}.${name}(${rest.join(', ')}) -> ${formatType(result)}`
    : `${name}(${args.map(formatType).join(', ')}) -> ${formatType(result)}`;
}
