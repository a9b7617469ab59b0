import type { Environment } from '../environment/environment.ts';
import { Scope } from '../environment/scope.ts';
import type { Tree } from '../environment/tree.ts';
import { closures } from '../evaluate/compiler.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import { emitExpression } from './expression.ts';
import { Generator, byClosureLater } from './generator.ts';
import { Constants, factoryArgument, programText } from './writer.ts';

/** An expression as source text, with the constants that the text refers to. */
export interface Generated {
  readonly text: string;
  readonly constants: Constants;
}

/**
 * Writes a compiled expression as JavaScript: what it gives, what it costs and where it stops are those of its closures.
 * `composed` is how many composed variables it can read.
 */
export function generate({ ast, overloads }: Tree, environment: Environment, composed: number): Generated {
  const { expr, source } = ast;
  const scope = new Scope(closures, environment, source, [], overloads, undefined, undefined, composed);
  // Written twice: the first time tells which paths are read more than once.
  const first = new Generator(new Constants(), emitExpression, new Map());
  first.raw(expr, scope);
  const generator = new Generator(new Constants(), emitExpression, first.paths.counts);
  const { constants, functions } = generator;
  const result = generator.raw(expr, scope);
  const main = generator.writer.finish(result, constants.nameOf(byClosureLater(expr, scope)));
  return { text: programText(constants, functions, main), constants };
}

/** @throws {EvalError} where code must not be generated from strings. */
export function instantiate({ text, constants }: Generated): Evaluate {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- that is the point
  const factory = new Function('k', text) as (constants: object) => Evaluate;
  return factory(factoryArgument(constants));
}
