import { type Program, blame } from '@plimsoll/cel';
import type { CompiledPolicy } from './compiled-policy.ts';

/** Gives the field paths that made a validation false; asked only for those that failed. */
export type Blame = (compiled: CompiledPolicy, program: Program) => readonly string[];

const root = 'object.';

/**
 * Gives the field paths of the judged object that made an expression false, as paths of its resource: below `prefix`
 * where the object is a pod made of a template.
 */
export function blameBelow(prefix: string): Blame {
  return (compiled, program) => [
    ...new Set(
      blame(program, compiled.activation)
        .filter((path) => path.startsWith(root))
        .map((path) => (prefix === '' ? path.slice(root.length) : `${prefix}.${path.slice(root.length)}`)),
    ),
  ];
}
