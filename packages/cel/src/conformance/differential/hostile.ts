import { kubernetes } from '../../environment/environment.ts';
import { evaluate } from '../../program.ts';
import { CompileError } from '../../syntax/compile-error.ts';
import type { Value } from '../../values/value.ts';
import { generated } from './grammar.ts';
import type { Random } from './random.ts';

const environment = kubernetes('1.36', 'stored', { variables: ['object'], mutation: true });

const pieces: readonly string[] = [
  ...'+ - * / % < > == != && || ! ? : . .? [ ] [? ( ) { } , in'.split(' '),
  ...'object x i v 1 0 -1 1u 1.5 9223372036854775807 true null "a" b"\\xff" `a.b/c`'.split(' '),
  ...'.all(x, .exists(x, .map(x, .filter(x, .transformMap(i,v, .optMap(x, .sortBy(x, has( size( dyn( type( int( string('.split(
    ' ',
  ),
  ...'.matches("(a+)+$") .split("") .join() .replace("","a") .format([ quantity( semver( url( ip( cidr( Object{ JSONPatch{op:'.split(
    ' ',
  ),
  ...'constructor __proto__ toString hasOwnProperty valueOf __defineGetter__'.split(' '),
  '// comment\n',
  "'\\ud83d\\ude00'",
  '😀',
];

const keys: readonly string[] = [
  'a',
  'b',
  'm',
  'l',
  'names',
  'text',
  'constructor',
  '__proto__',
  'toString',
  '',
  'a.b/c',
  '😀',
  '\ud800',
];

/** One expression on one object, both out of nothing; what it took. Throws where the engine does. */
export function hostileRun(random: Random): { readonly source: string; readonly milliseconds: number } {
  const source = hostileSource(random);
  const object = hostileValue(random, 4);
  const began = performance.now();
  try {
    evaluate(source, { object }, environment);
  } catch (error) {
    if (!(error instanceof CompileError)) throw new Error(`on ${source}`, { cause: error });
  }
  return { source, milliseconds: performance.now() - began };
}

/** An expression that is nearly one, or none at all. */
export function hostileSource(random: Random): string {
  return random.next() < 0.5 ? mutated(generated(random), random) : soup(random);
}

function soup(random: Random): string {
  return Array.from({ length: 1 + random.below(25) }, () => random.pick(pieces)).join(random.next() < 0.3 ? '' : ' ');
}

/** A good expression with a piece cut out, doubled or put in. */
function mutated(source: string, random: Random): string {
  const at = random.below(source.length + 1);
  const length = random.below(8);
  const kind = random.below(4);
  if (kind === 0) return source.slice(0, at) + source.slice(at + length);
  if (kind === 1)
    return source.slice(0, at) + source.slice(at, at + length).repeat(1 + random.below(50)) + source.slice(at);
  if (kind === 2) return source.slice(0, at) + random.pick(pieces) + source.slice(at);
  return source;
}

/** A value with keys that are names of the prototype, numbers at the edge, and long texts. */
export function hostileValue(random: Random, depth: number): Value {
  const kind = random.below(depth === 0 ? 6 : 9);
  if (kind === 0) return null;
  if (kind === 1) return random.next() < 0.5;
  if (kind === 2) return random.pick([0, -0, 1, -1, 2 ** 53, 1e21, 1e-7, 5e-324, 1.7e308]);
  if (kind === 3) return random.pick([2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]);
  if (kind === 4) return random.pick(keys);
  if (kind === 5) return random.pick(['x'.repeat(1000), '\ud800\udc00\ud800', '\0', '1Gi', 'https://a/', '1.2.3']);
  if (kind === 6)
    return Array.from({ length: random.below(random.next() < 0.05 ? 2000 : 5) }, () => hostileValue(random, depth - 1));
  const object: Record<string, Value> = {};
  for (let i = random.below(6); i > 0; i -= 1)
    Object.defineProperty(object, random.pick(keys), {
      value: hostileValue(random, depth - 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return object;
}
