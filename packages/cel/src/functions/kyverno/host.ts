import { Unknown, noSuchOverload } from '../../values/fault.ts';
import { unknownIn } from '../../values/unseen.ts';
import type { Value } from '../../values/value.ts';
import { memberOf } from '../define.ts';
import type { CelFunction } from '../function.ts';
import { HttpClient } from './http-client.ts';

/** What Kyverno's functions ask of a host, each by its name of version 1.18 and its arguments in full. */
export type KyvernoQuestion =
  | 'resource.get'
  | 'resource.list'
  | 'resource.post'
  | 'resource.toGVR'
  | 'http.get'
  | 'http.post'
  | 'generator.apply'
  | 'verifyImageSignatures'
  | 'verifyAttestationSignatures'
  | 'getImageData'
  | 'extractPayload'
  | 'globalContext.get'
  | 'image.getMetadata'
  | 'yaml.parse'
  | 'x509.decode'
  | 'gzip.compress'
  | 'gzip.decompress'
  | 'random'
  | 'time.now';

/**
 * Answers what expressions cannot know by themselves: other resources, the network, the clock, formats too large for
 * this package. The arguments are the call's own, `random` without one gets the pattern `[0-9a-z]{8}`. undefined: the
 * host does not know, and the call is unknown. A CelError is an error of the expression; anything else that it throws
 * goes on. `caBundle` is what `http.Client(…)` was given, where a request is made by what that gave.
 */
export type KyvernoHost = (question: KyvernoQuestion, args: readonly Value[], caBundle?: string) => Value | undefined;

const numbers: Readonly<Record<KyvernoQuestion, readonly number[]>> = {
  'resource.get': [2, 3, 4],
  'resource.list': [1, 2, 3, 4],
  'resource.post': [3, 4],
  'resource.toGVR': [2],
  'http.get': [1, 2],
  'http.post': [2, 3],
  'generator.apply': [1, 2],
  verifyImageSignatures: [2],
  verifyAttestationSignatures: [3],
  getImageData: [1],
  extractPayload: [2],
  'globalContext.get': [1, 2],
  'image.getMetadata': [1],
  'yaml.parse': [1],
  'x509.decode': [1],
  'gzip.compress': [1],
  'gzip.decompress': [1],
  random: [0, 1],
  'time.now': [0],
};

const contexts: ReadonlySet<string> = new Set(['resource', 'http', 'generator', 'globalContext', 'image']);

function capitalized(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Names that 1.18 writes otherwise than the versions before it. */
function names(question: KyvernoQuestion): readonly string[] {
  const [library = '', member] = question.split('.');
  if (question === 'random') return [question, `${library}.${library}`];
  if (member === undefined || !contexts.has(library)) return [question];
  return [question, `${library}.${capitalized(member)}`];
}

/** Kyverno's functions that a host answers. */
export function hostFunctions(host: KyvernoHost): readonly CelFunction[] {
  const questions = Object.keys(numbers) as KyvernoQuestion[];
  const asking = questions.flatMap((question) =>
    names(question).map((name) => ({
      name,
      style: 'global' as const,
      arity: numbers[question],
      apply: (...args: Value[]) => ask(host, question, args),
    })),
  );
  return [...asking, ...httpClients(host)];
}

/** `http.Client(ca)`, and the requests of what it gives. */
function httpClients(host: KyvernoHost): readonly CelFunction[] {
  const client = (ca: Value = null): Value => (typeof ca === 'string' ? new HttpClient(ca) : noSuchOverload());
  const requests = (['get', 'post'] as const).flatMap((verb) => {
    const question = `http.${verb}` as const;
    return [verb, capitalized(verb)].map((name) => ({
      ...memberOf(HttpClient, name, 1, ({ caBundle }, ...args) => ask(host, question, args, caBundle)),
      arity: numbers[question].map((further) => further + 1),
    }));
  });
  return [
    ...['http.client', 'http.Client'].map((name) => ({ name, style: 'global' as const, arity: [1], apply: client })),
    ...['client', 'Client'].map((name) => memberOf(HttpClient, name, 1, (_, ca) => client(ca))),
    ...requests,
  ];
}

function ask(host: KyvernoHost, question: KyvernoQuestion, args: readonly Value[], caBundle?: string): Value {
  const given = question === 'random' && args.length === 0 ? ['[0-9a-z]{8}'] : args;
  if (question.startsWith('yaml') && typeof given[0] !== 'string') return noSuchOverload();
  const unknown = unknownIn(given);
  if (unknown !== undefined) return unknown;
  // null is an answer: there is no such thing.
  const answer = host(question, given, caBundle);
  return answer === undefined ? new Unknown([`${question}: nothing here answers it`]) : answer;
}

/** Of a host that knows nothing. */
export const silentHost: KyvernoHost = () => undefined;
