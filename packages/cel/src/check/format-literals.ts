import type { Expr } from '../syntax/ast.ts';
import type { Core, CoreCall, CoreList } from './core.ts';
import type { Faults } from './faults.ts';
import { runtimeTypeName } from './types/format-type.ts';
import type { Kind, Type } from './types/type.ts';

/** What a clause can print, and how cel-go says that it cannot. */
interface Clause {
  readonly kinds: readonly Kind[];
  readonly refusal: string;
}

const printable: readonly Kind[] = [
  'list',
  'map',
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'timestamp',
  'bytes',
  'duration',
  'type',
  'null',
];
const text: Clause = {
  kinds: printable,
  refusal:
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
};
const hex: Clause = {
  kinds: ['int', 'uint', 'string', 'bytes'],
  refusal: 'only integers, byte buffers, and strings can be formatted as hex',
};
const clauses: ReadonlyMap<string, Clause> = new Map([
  ['s', text],
  ['d', { kinds: ['int', 'uint'], refusal: 'decimal clause can only be used on integers' }],
  ['f', { kinds: ['double', 'string'], refusal: 'fixed-point clause can only be used on doubles' }],
  ['e', { kinds: ['double', 'string'], refusal: 'scientific clause can only be used on doubles' }],
  ['b', { kinds: ['int', 'uint', 'bool'], refusal: 'only integers and bools can be formatted as binary' }],
  ['x', hex],
  ['X', hex],
  ['o', { kinds: ['int', 'uint'], refusal: 'octal clause can only be used on integers' }],
]);

/**
 * Holds the clauses of a format that stands there as a literal against the literal list of its arguments (cel-go
 * ext/formatting.go, stringFormatValidator of version 2): clauses that are none, arguments that are missing, too many,
 * or of a type that the clause cannot print.
 */
export function validateFormat(call: CoreCall, faults: Faults): void {
  const [list] = call.args;
  if (call.target?.kind !== 'literal' || call.target.value.type !== 'string' || list?.kind !== 'list') return;
  const fault = faultOf(call.target.value.value, list);
  if (fault !== null) faults.add(fault.source ?? call.source, fault.message);
}

interface FormatFault {
  /** The argument; null for the call. */
  readonly source: Expr | null;
  readonly message: string;
}

function faultOf(format: string, list: CoreList): FormatFault | null {
  const args = list.elements.map(({ value }) => value);
  let used = 0;
  for (let at = format.indexOf('%'); at !== -1; at = format.indexOf('%', at)) {
    if (format[at + 1] === '%') {
      at += 2;
      continue;
    }
    if (at + 1 >= format.length) return general('unexpected end of string');
    const arg = args[used];
    if (arg === undefined) return general(`index ${used} out of range`);
    const clause = readClause(format, at + 1);
    if ('message' in clause) return general(`could not parse formatting clause: ${clause.message}`);
    const refused = refusedPart(arg, clause.of);
    if (refused !== null)
      return {
        source: refused.source,
        message: `error during formatting: ${clause.of.refusal}, was given ${nameOf(refused.type)}`,
      };
    used += 1;
    at = clause.end;
  }
  if (args.length <= used) return null;
  return general(`too many arguments supplied to string.format (expected ${used}, got ${args.length})`);
}

function general(message: string): FormatFault {
  return { source: null, message };
}

function nameOf(type: Type): string {
  return type.params.length > 0 ? type.name : runtimeTypeName(type);
}

function readClause(
  format: string,
  from: number,
): { readonly of: Clause; readonly end: number } | { readonly message: string } {
  let at = from;
  if (format[at] === '.') {
    at += 1;
    const start = at;
    while (/[0-9]/.test(format[at] ?? '')) at += 1;
    if (at >= format.length)
      return { message: 'error while parsing precision: could not find end of precision specifier' };
    const digits = format.slice(start, at);
    if (digits === '' || BigInt(digits) >= 2n ** 63n) {
      const why = digits === '' ? 'invalid syntax' : 'value out of range';
      return {
        message: `error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "${digits}": ${why}`,
      };
    }
  }
  const letter = format[at] ?? '';
  const of = clauses.get(letter);
  // cel-go reads a byte and prints it as a character.
  const shown = String.fromCodePoint(new TextEncoder().encode(format.slice(at))[0] ?? 0);
  return of === undefined ? { message: `unrecognized formatting clause "${shown}"` } : { of, end: at + 1 };
}

/** The argument, or the part of a literal list or map in it, that the clause cannot print. */
function refusedPart(arg: Core, clause: Clause): Core | null {
  if (arg.type.kind !== 'dyn' && !clause.kinds.includes(arg.type.kind)) return arg;
  if (clause !== text) return null;
  const parts =
    arg.kind === 'list'
      ? arg.elements.map(({ value }) => value)
      : arg.kind === 'map'
        ? arg.entries.flatMap(({ key, value }) => [key, value])
        : [];
  for (const part of parts) {
    const refused = refusedPart(part, clause);
    if (refused !== null) return refused;
  }
  return null;
}
