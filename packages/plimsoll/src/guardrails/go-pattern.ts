import { Activation, ErrorValue, compile, kubernetes, parse } from '@plimsoll/cel';

const environment = kubernetes('1.36', 'stored', { variables: ['text', 'pattern'] });
const matches = compile(parse('string(text).matches(string(pattern))'), environment);

/** True where a text holds something that a pattern matches. */
export type GoPattern = (text: string) => boolean;

/**
 * A regular expression in Go's syntax (RE2), in time linear in the text, as CEL has it; `fault` where it is none.
 */
export function goPattern(pattern: string): GoPattern | { readonly fault: string } {
  const run = (text: string) => matches.run(new Activation(environment, { text, pattern }), Number.MAX_SAFE_INTEGER);
  const tried = run('');
  return tried instanceof ErrorValue ? { fault: tried.message } : (text) => run(text) === true;
}
