import { CelError } from '../errors.ts';
import { effort, textEffort } from '../values/effort.ts';
import { goQuote } from '../values/go-quote.ts';
import { bytesToString, formatDouble } from './conversions.ts';

/** A value as `format` looks at it; the evaluator says which of its values is what. */
export type Inspected =
  | { readonly type: 'string' | 'type'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int' | 'uint'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'timestamp' | 'duration'; readonly value: string }
  | { readonly type: 'null' }
  | { readonly type: 'list'; readonly items: readonly Inspected[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [Inspected, Inspected])[] }
  | { readonly type: 'other'; readonly name: string };

const DEFAULT_PRECISION = 6;
const clause = /%(?:\.(\d+))?(.?)/gsu;

/**
 * `string.format(list)` of cel-go's ext.Strings version 2, whose formatter groups thousands and writes exponents as
 * powers of ten, as Kubernetes has it. @throws {CelError}
 */
export function format(template: string, args: readonly Inspected[]): string {
  let next = 0;
  let length = 0;
  const result = template.replace(clause, (_, digits: string | undefined, verb: string) => {
    if (verb === '%' && digits === undefined) return '%';
    if (verb === '') throw new CelError('unexpected end of string');
    if (!'sdfexXob'.includes(verb))
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    const arg = args[next];
    if (arg === undefined) throw new CelError(`index ${next} out of range`);
    next += 1;
    const made = verbs[verb]?.(arg, digits === undefined ? DEFAULT_PRECISION : Number(digits)) ?? '';
    length += made.length;
    textEffort(length);
    return made;
  });
  if (next < args.length)
    throw new CelError(`too many arguments supplied to string.format (expected ${next}, got ${args.length})`);
  return result;
}

type Verb = (arg: Inspected, precision: number) => string;

function refuse(arg: Inspected, verb: string, wanted: string): never {
  const name = arg.type === 'other' ? arg.name : arg.type;
  throw new CelError(`error during formatting: ${verb} clause can only be used on ${wanted}, was given ${name}`);
}

/** The number that a double or a special string stands for. */
function numberOf(arg: Inspected, verb: string): number {
  if (arg.type === 'double') return arg.value;
  if (arg.type === 'string' && ['NaN', 'Infinity', '-Infinity'].includes(arg.value)) return Number(arg.value);
  return refuse(arg, verb, 'doubles');
}

const verbs: Readonly<Record<string, Verb>> = {
  s: (arg) => plain(arg),
  d: (arg) => {
    if (arg.type === 'int' || arg.type === 'uint') return String(arg.value);
    return refuse(arg, 'decimal', 'integers');
  },
  f: (arg, precision) => {
    const value = numberOf(arg, 'fixed-point');
    if (!Number.isFinite(value)) return special(value, 'NaN', '∞', '-∞');
    return grouped(fixed(value, precision));
  },
  e: (arg, precision) => {
    const value = numberOf(arg, 'scientific');
    if (!Number.isFinite(value)) return special(value, 'NaN', '∞', '-∞').padStart(precision);
    const [digits = '', exponent = '0'] = value.toExponential(DEFAULT_PRECISION).split('e');
    const sign = exponent.startsWith('-') ? '⁻' : '';
    const power = exponent.replace(/^[+-]/, '').padStart(2, '0');
    return `${digits}×10${sign}${superscript(power)}`.padStart(precision);
  },
  b: (arg) => {
    if (arg.type === 'bool') return arg.value ? '1' : '0';
    return arg.type === 'int' || arg.type === 'uint'
      ? arg.value.toString(2)
      : refuse(arg, 'binary', 'integers and bools');
  },
  o: (arg) => (arg.type === 'int' || arg.type === 'uint' ? arg.value.toString(8) : refuse(arg, 'octal', 'integers')),
  x: (arg) => hexadecimal(arg),
  X: (arg) => hexadecimal(arg).toUpperCase(),
};

function special(value: number, nan: string, positive: string, negative: string): string {
  return Number.isNaN(value) ? nan : value > 0 ? positive : negative;
}

/** A digit takes its time where there are many. */
const DIGIT = 20;
const MANTISSA_BITS = 52;
const EXPONENT_BIAS = 1075;

/** Digits after the point from the exact binary value, half to even as Go rounds; -0 loses its sign. */
function fixed(value: number, precision: number): string {
  effort(precision * DIGIT);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const stored = Number(bits >> BigInt(MANTISSA_BITS));
  const fraction = bits & ((1n << BigInt(MANTISSA_BITS)) - 1n);
  const mantissa = stored === 0 ? fraction : fraction | (1n << BigInt(MANTISSA_BITS));
  const exponent = Math.max(stored, 1) - EXPONENT_BIAS;
  const scaled = mantissa * 10n ** BigInt(precision);
  const rounded = exponent >= 0 ? scaled << BigInt(exponent) : shiftedHalfEven(scaled, BigInt(-exponent));
  const digits = rounded.toString().padStart(precision + 1, '0');
  const sign = value < 0 && rounded !== 0n ? '-' : '';
  return precision === 0 ? sign + digits : `${sign}${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

function shiftedHalfEven(value: bigint, by: bigint): bigint {
  const whole = value >> by;
  const rest = value - (whole << by);
  const half = 1n << (by - 1n);
  return rest > half || (rest === half && (whole & 1n) === 1n) ? whole + 1n : whole;
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const withCommas = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

function superscript(digits: string): string {
  return digits.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '');
}

function hexadecimal(arg: Inspected): string {
  if (arg.type === 'int' || arg.type === 'uint') return arg.value.toString(16);
  const bytes = arg.type === 'string' ? new TextEncoder().encode(arg.value) : arg.type === 'bytes' ? arg.value : null;
  if (bytes === null) return refuse(arg, 'hex', 'integers, byte buffers, and strings');
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `%s` of a value by itself. */
function plain(arg: Inspected): string {
  switch (arg.type) {
    case 'string':
    case 'type':
    case 'timestamp':
    case 'duration':
      return arg.value;
    case 'bytes':
      return bytesToString(arg.value);
    case 'double':
      return formatDouble(arg.value);
    default:
      return nested(arg);
  }
}

/** `%s` of a value inside a list or map. */
function nested(arg: Inspected): string {
  switch (arg.type) {
    case 'string':
      return goQuote(arg.value);
    case 'type':
      return arg.value;
    case 'bytes':
      return `b${goQuote(bytesToString(arg.value))}`;
    case 'timestamp':
    case 'duration':
      return `${arg.type}(${goQuote(arg.value)})`;
    case 'bool':
      return String(arg.value);
    case 'int':
    case 'uint':
      return String(arg.value);
    case 'double':
      return Number.isFinite(arg.value)
        ? fixed(arg.value, DEFAULT_PRECISION)
        : JSON.stringify(special(arg.value, 'NaN', '+Inf', '-Inf'));
    case 'null':
      return 'null';
    case 'list':
      return `[${arg.items.map(nested).join(', ')}]`;
    case 'map': {
      const entries = arg.entries.map(([key, value]) => [nested(key), nested(value)] as const);
      return `{${entries
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}:${value}`)
        .join(', ')}}`;
    }
    case 'other':
      throw new CelError(
        `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${arg.name}`,
      );
  }
}
