import { celEnv, parse as parseBufbuild, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { Environment as MarcbachmannEnvironment } from '@marcbachmann/cel-js';
import { evaluate as evaluateCelJs, parse as parseCelJs } from 'cel-js';
import type { Json, JsonObject } from '../../packages/plimsoll/src/model/json.ts';
import type { Check } from './checks.ts';

/** True where the object passes. Throws where the engine cannot say. */
export type Judge = (object: unknown) => boolean;

/** A CEL engine of npm, used as its documentation says. */
export interface Engine {
  readonly name: string;
  /** The form in which it takes an object; made before the clock runs. */
  readonly take: (object: JsonObject) => unknown;
  /** Throws where it cannot compile the check. */
  readonly compile: (check: Check) => Judge;
}

/** An expression as an engine runs it, on the variables by name. */
type Run = (bindings: Record<string, unknown>) => unknown;

const asItIs = (object: JsonObject): unknown => object;

/** The other engines; where one has no composed variables they are computed before, those alone that are read. */
export const otherEngines: readonly Engine[] = [
  {
    name: 'cel-js',
    take: asItIs,
    compile: (check) =>
      composed(check, asItIs, (source) => {
        const parsed = parseCelJs(source);
        if (!parsed.isSuccess) throw new Error(parsed.errors.join('; '));
        return (bindings) => evaluateCelJs(parsed.cst, bindings);
      }),
  },
  {
    name: '@marcbachmann/cel-js',
    take: asItIs,
    compile: (check) => {
      const environment = new MarcbachmannEnvironment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
      return composed(check, asItIs, (source) => environment.parse(source));
    },
  },
  {
    name: '@bufbuild/cel',
    take: bufbuildInput,
    compile: (check) => {
      const environment = celEnv({ funcs: strings });
      return composed(
        check,
        (variables) => new Map(Object.entries(variables)),
        (source) => plan(environment, parseBufbuild(source)) as Run,
      );
    },
  },
];

/** It takes no plain objects, and numbers as doubles. */
function bufbuildInput(value: Json): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => bufbuildInput(item));
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, bufbuildInput(item ?? null)]));
}

function composed(
  check: Check,
  record: (variables: Record<string, never>) => unknown,
  compile: (source: string) => Run,
): Judge {
  const read = readVariables(check).map(({ name, expression }) => ({ name, run: compile(expression) }));
  const validations = check.validations.map((validation) => compile(validation));
  return (object) => {
    const values: Record<string, never> = {};
    for (const { name, run } of read) values[name] = run({ object, variables: record(values) }) as never;
    const bindings = { object, variables: record(values) };
    return validations.every((run) => {
      const value = run(bindings);
      if (typeof value !== 'boolean') throw new Error(`neither true nor false: ${String(value)}`);
      return value;
    });
  };
}

/** Those that a validation reads, itself or by another one. */
function readVariables({ variables, validations }: Check): Check['variables'] {
  let texts = [...validations];
  const read: Check['variables'][number][] = [];
  for (const variable of variables.toReversed())
    if (texts.some((text) => text.includes(`variables.${variable.name}`))) {
      read.unshift(variable);
      texts = [...texts, variable.expression];
    }
  return read;
}
