import { Unknown, noSuchOverload } from '../../values/fault.ts';
import type { Value } from '../../values/value.ts';
import type { CelFunction } from '../function.ts';

/** What Kyverno's functions ask of a host, each by its name of version 1.18 and its arguments in full. */
export type KyvernoQuestion =
  | 'resource.get'
  | 'resource.list'
  | 'resource.post'
  | 'resource.toGVR'
  | 'http.get'
  | 'http.post'
  | 'globalContext.get'
  | 'image.getMetadata'
  | 'yaml.parse'
  | 'x509.decode'
  | 'gzip.compress'
  | 'gzip.decompress'
  | 'random'
  | 'time.now';

/**
 * Answers what expressions cannot know by themselves: other resources, the network, the clock, formats too large for this
 * package. The arguments are the call's own, `random` without one gets the pattern `[0-9a-z]{8}`. undefined: the host
 * does not know, and the call is unknown. A CelError is an error of the expression; anything else that it throws goes on.
 */
export type KyvernoHost = (question: KyvernoQuestion, args: readonly Value[]) => Value | undefined;

const numbers: Readonly<Record<KyvernoQuestion, readonly number[]>> = {
  'resource.get': [2, 3, 4],
  'resource.list': [1, 2, 3, 4],
  'resource.post': [3, 4],
  'resource.toGVR': [2],
  'http.get': [1, 2],
  'http.post': [2, 3],
  'globalContext.get': [1, 2],
  'image.getMetadata': [1],
  'yaml.parse': [1],
  'x509.decode': [1],
  'gzip.compress': [1],
  'gzip.decompress': [1],
  random: [0, 1],
  'time.now': [0],
};

/** Names that 1.18 writes otherwise than the versions before it. */
function names(question: KyvernoQuestion): readonly string[] {
  const [library = '', member] = question.split('.');
  if (member === undefined) return [library, `${library}.${library}`];
  if (!['resource', 'http', 'globalContext', 'image'].includes(library)) return [question];
  return [question, `${library}.${member.charAt(0).toUpperCase()}${member.slice(1)}`];
}

/** Kyverno's functions that a host answers. */
export function hostFunctions(host: KyvernoHost): readonly CelFunction[] {
  const questions = Object.keys(numbers) as KyvernoQuestion[];
  return questions.flatMap((question) =>
    names(question).map((name) => ({
      name,
      style: 'global' as const,
      arity: numbers[question],
      apply: (...args: Value[]) => ask(host, question, args),
    })),
  );
}

function ask(host: KyvernoHost, question: KyvernoQuestion, args: readonly Value[]): Value {
  const given = question === 'random' && args.length === 0 ? ['[0-9a-z]{8}'] : args;
  if (question.startsWith('yaml') && typeof given[0] !== 'string') return noSuchOverload();
  return host(question, given) ?? new Unknown([`${question}: nothing here answers it`]);
}

/** Of a host that knows nothing. */
export const silentHost: KyvernoHost = () => undefined;
