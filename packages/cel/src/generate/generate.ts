import type { Environment } from '../environment/environment.ts';
import { Scope } from '../environment/scope.ts';
import type { Slots } from '../environment/slots.ts';
import type { Tree } from '../environment/tree.ts';
import { closures } from '../evaluate/compiler.ts';
import type { Evaluate, Frame } from '../evaluate/frame.ts';
import { emitJump, emitValue } from './expression.ts';
import { type Generated, byClosureLater, write, writeConditions } from './generator.ts';
import { madeOf } from './variable.ts';
import { functionOf } from './writer.ts';

/**
 * Writes a compiled expression as JavaScript for the common ways: what it gives, what it costs and where it stops are
 * those of its closures, since it gives up and calls them wherever anything is out of the ordinary. `composed` is how
 * many composed variables it can read.
 */
export function generate(
  { ast, overloads }: Tree,
  environment: Environment,
  slots: Slots,
  composed: number,
): Generated {
  const { expr, source } = ast;
  const parts = { compiler: closures, environment, source, issues: [], overloads, slots };
  const scope = new Scope({ ...parts, composedBefore: composed });
  return write(
    expr,
    scope,
    environment,
    { value: emitValue, jump: emitJump },
    {
      start: 'f.cost',
      end: (value) => `f.cost=n;return ${value};`,
      whole: (constants) => `return ${constants.nameOf(byClosureLater(expr, scope))}(f);`,
    },
  );
}

/** A condition as it was compiled; `composed` is how many composed variables it can read. */
export interface CompiledCondition {
  readonly tree: Tree;
  readonly composed: number;
}

/** Writes conditions of one environment as one function. */
export function generateConditions(conditions: readonly CompiledCondition[], environment: Environment): Generated {
  return writeConditions(
    conditions.map(({ tree: { ast, overloads }, composed }) => {
      const slots = environment.newSlots();
      const { expr, source } = ast;
      return {
        expr,
        scope: new Scope({
          compiler: closures,
          environment,
          source,
          issues: [],
          overloads,
          slots,
          composedBefore: composed,
        }),
      };
    }),
    environment,
    { value: emitValue, jump: emitJump },
  );
}

/** @throws {EvalError} where code must not be generated from strings. */
export function instantiate<T extends (frame: Frame) => unknown = Evaluate>({ text, constants }: Generated): T {
  return functionOf(text, madeOf(constants)) as unknown as T;
}
