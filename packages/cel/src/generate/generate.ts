import type { Environment } from '../environment/environment.ts';
import { Scope } from '../environment/scope.ts';
import type { Tree } from '../environment/tree.ts';
import { closures } from '../evaluate/compiler.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import { emitJump, emitValue } from './expression.ts';
import { Generator, Program, byClosureLater } from './generator.ts';
import { type Constants, factoryArgument, programText } from './writer.ts';

/** An expression as source text, with the constants that the text refers to. */
export interface Generated {
  readonly text: string;
  readonly constants: Constants;
}

/**
 * Writes a compiled expression as JavaScript for the common ways: what it gives, what it costs and where it stops are
 * those of its closures, since it gives up and calls them wherever anything is out of the ordinary. `composed` is how
 * many composed variables it can read.
 */
export function generate({ ast, overloads }: Tree, environment: Environment, composed: number): Generated {
  const scope = new Scope(closures, environment, ast.source, [], overloads, undefined, undefined, composed);
  const emit = { value: emitValue, jump: emitJump };
  // Written twice: the first time tells which paths are read more than once, and what is called.
  const first = new Program(environment, emit, null);
  new Generator(first).value(ast.expr, scope);
  const program = new Program(environment, emit, first);
  const generator = new Generator(program);
  const result = generator.known(generator.value(ast.expr, scope));
  const { constants, functions } = program;
  const whole = constants.nameOf(byClosureLater(ast.expr, scope));
  const main = generator.finish('f.cost', `f.cost=n;return ${result.text};`, whole);
  return { text: programText(constants, functions, main), constants };
}

/** @throws {EvalError} where code must not be generated from strings. */
export function instantiate({ text, constants }: Generated): Evaluate {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- that is the point
  const factory = new Function('k', text) as (constants: object) => Evaluate;
  return factory(factoryArgument(constants));
}
