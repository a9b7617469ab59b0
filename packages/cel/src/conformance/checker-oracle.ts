import type { Oracle } from '@plimsoll/testcluster';
import { check } from '../check/check.ts';
import { estimateCost } from '../check/cost/estimate.ts';
import { parseTypes } from '../check/declarations/signature.ts';
import { admission } from '../check/schema/admission-types.ts';
import type { DeclaredSchema } from '../check/schema/declared-schema.ts';
import type { OpenApiSchema } from '../check/schema/open-api-schema.ts';
import { runtimeTypeName } from '../check/types/format-type.ts';
import { dyn } from '../check/types/type.ts';
import { type Environment, kubernetes } from '../environment/environment.ts';
import { CompileError } from '../syntax/compile-error.ts';
import { parse } from '../syntax/parser.ts';
import { variableTypes } from './random-expression.ts';

const admissionVariables = ['object', 'oldObject', 'params', 'request', 'namespaceObject', 'authorizer'];

/** What is said of an expression: errors with their places, or the type and the estimated cost. */
export interface Verdict {
  readonly errors: readonly string[];
  readonly type: string;
  readonly cost: string;
}

interface Answer {
  readonly compileErrors?: readonly { readonly line: number; readonly column: number; readonly message: string }[];
  readonly outputType?: string;
  readonly estimate?: { readonly min: number; readonly max: number };
}

/** The environment in which random expressions are asked. */
export function randomEnvironment(version: string, mode: 'new' | 'stored'): Environment {
  const names = Object.keys(variableTypes);
  const types = parseTypes(Object.values(variableTypes));
  const base = kubernetes(version, mode, { variables: [...admissionVariables, ...names] });
  return admission(base, { types: Object.fromEntries(names.map((name, i) => [name, types[i] ?? dyn])) });
}

/** In which environment a question is asked. */
export interface Settings {
  readonly version: string;
  readonly mode: 'new' | 'stored';
  /** Types of further variables in cel-go's notation. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly schemas?: Readonly<Record<string, OpenApiSchema>>;
}

/** What cel-go says in the API server's environment. */
export async function theirs(oracle: Oracle, expression: string, settings: Settings): Promise<Verdict> {
  const question = { ...settings, expression, checkOnly: true };
  const answer = (await oracle.ask(question)) as Answer;
  return {
    errors: (answer.compileErrors ?? []).map(({ line, column, message }) => place(line, column, message)).toSorted(),
    type: answer.outputType ?? '',
    cost: answer.estimate === undefined ? '' : `${answer.estimate.min} to ${answer.estimate.max}`,
  };
}

/** What we say. Costs are numbers as JSON's readers have them. */
export function ours(
  expression: string,
  environment: Environment,
  schemas: ReadonlyMap<string, DeclaredSchema> = new Map(),
): Verdict {
  try {
    const checked = check(parse(expression), environment);
    const errors = checked.issues.map(({ position, message }) => place(position.line, position.column, message));
    if (errors.length > 0) return { errors: errors.toSorted(), type: '', cost: '' };
    const { min, max } = estimateCost(checked, schemas);
    return { errors, type: runtimeTypeName(checked.outputType), cost: `${Number(min)} to ${Number(max)}` };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { errors: error.issues.map(() => 'Syntax error'), type: '', cost: '' };
  }
}

/**
 * Two verdicts as texts to compare. Of expressions that do not parse, or that fail when their program is made, only
 * that is compared: the words there are ANTLR's and those of Go's libraries.
 */
export function comparable({ errors, type, cost }: Verdict): string {
  if (errors.some((error) => error.includes('Syntax error') || error.includes('sortBy can only')))
    return 'does not parse';
  if (errors.some((error) => error.includes('program instantiation failed'))) return 'has a constant that fails';
  return errors.length > 0 ? errors.join('\n') : `${type} for ${cost}`;
}

function place(line: number, column: number, message: string): string {
  return `${line}:${column}: ${message}`;
}
