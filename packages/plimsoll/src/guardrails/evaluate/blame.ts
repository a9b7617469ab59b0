import { type Program, blame } from '@plimsoll/cel';
import type { CompiledPolicy } from './compiled-policy.ts';

/** Gives the field paths that made a validation false; asked only for those that failed. */
export interface Blame {
  (compiled: CompiledPolicy, program: Program): readonly string[];
  /** Put before paths of the judged object to get those of its resource. */
  readonly prefix: string;
}

const root = 'object.';

/**
 * Gives the field paths of the judged object that made an expression false, as paths of its resource: below `prefix`
 * where the object is a pod made of a template.
 */
export function blameBelow(prefix: string): Blame {
  const pathsOf = (compiled: CompiledPolicy, program: Program): readonly string[] => [
    ...new Set(
      blame(program, compiled.activation, 'object')
        .filter((path) => path.startsWith(root))
        .map((path) => (prefix === '' ? path.slice(root.length) : `${prefix}.${path.slice(root.length)}`)),
    ),
  ];
  return Object.assign(pathsOf, { prefix });
}
