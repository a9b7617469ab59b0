import { tests as checking } from '@bufbuild/cel-spec/testdata/checking.js';
import { tests as comprehension } from '@bufbuild/cel-spec/testdata/comprehension.js';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { check } from '../check/check.ts';
import type { FunctionDeclaration } from '../check/declarations/declaration.ts';
import { type Type, bool, bytes, double, dyn, int, string, uint } from '../check/types/type.ts';
import { typingOf } from '../check/typing.ts';
import type { Environment } from '../environment/environment.ts';
import { standard } from '../environment/standard.ts';
import { CompileError, formatIssue } from '../syntax/compile-error.ts';
import { parse } from '../syntax/parser.ts';
import { printChecked } from './checked-ast.ts';
import { type SpecType, typeFromSpec } from './declared-type.ts';

interface Declaration {
  readonly name: string;
  readonly ident?: { readonly type?: SpecType };
  readonly function?: {
    readonly overloads?: readonly {
      readonly overloadId: string;
      readonly params?: readonly SpecType[];
      readonly resultType?: SpecType;
      readonly isInstanceFunction?: boolean;
    }[];
  };
}

/** An expression with what cel-go's checker made of it: the checked AST, or the errors. */
interface CheckedTest {
  readonly original: {
    readonly name?: string;
    readonly expr: string;
    readonly container?: string;
    readonly typeEnv?: readonly Declaration[];
  };
  readonly checkedAst?: string;
  readonly error?: string;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly CheckedTest[];
}

/** A test with its place in the files. */
export interface PlacedCheck {
  readonly path: string;
  readonly file: string;
  readonly test: CheckedTest;
}

/** All of them: the specification's conformance tests, and cel-go's own tests of its checker. */
export function checkedTests(): readonly PlacedCheck[] {
  const placed: PlacedCheck[] = [];
  const visit = (suite: Suite, path: readonly string[]): void => {
    for (const test of suite.tests ?? []) {
      const file = path[0] ?? '';
      placed.push({ path: [...path, test.original.name ?? test.original.expr].join('/'), file, test });
    }
    for (const inner of suite.suites ?? []) visit(inner, [...path, inner.name]);
  };
  for (const suite of [conformance, checking, comprehension] as unknown as Suite[])
    visit(suite, suite.name === 'conformance' ? [] : [suite.name]);
  return placed;
}

const messages =
  /TestAllTypes|(?:Int32|Int64|UInt32|UInt64|Float|Double|Bool|String|Bytes)Value|NestedTestAllTypes|google\.(?:protobuf\.(?!Timestamp\b|Duration\b)|rpc|type|api)|GlobalEnum|proto[23]|\bcel\.expr\b|cel\.iterVar|cel\.@block|cel\.block|google\.expr/;

/** Why a test says nothing about our checker; null where it does. */
export function outOfScope({ test }: PlacedCheck): string | null {
  const { expr, container, typeEnv } = test.original;
  const said = test.checkedAst ?? test.error ?? '';
  if (messages.test(expr) || messages.test(said) || messages.test(JSON.stringify(typeEnv ?? [])))
    return 'needs protobuf messages or enums';
  if ((container ?? '') !== '') return 'needs a container; Kubernetes declares none';
  if (/unsupported syntax|argument (?:is not an identifier|must be a simple name)|recursion limit/.test(said))
    return 'is about the parser, which was asked without optional syntax and quoted fields';
  if (/\.(?:all|exists|exists_?[oO]ne)\([^(,]*,[^(,]*,|\.transform(?:List|Map)/.test(expr) && test.error !== undefined)
    return 'has a macro of two variables, which the files were made without';
  if (/error during formatting|could not parse formatting clause|index \d+ out of range/.test(said))
    return 'is about format of ext.Strings version 4; Kubernetes has version 2';
  return null;
}

/** The variables and functions that cel-go's tests of its checker declare (checker/checker_test.go testEnvs). */
const checkerVariables: Readonly<Record<string, Type>> = {
  is: string,
  ii: int,
  iu: uint,
  iz: bool,
  ib: bytes,
  id: double,
  ix: { ...dyn, kind: 'null', name: 'null_type' },
};
const checkerFunctions: readonly FunctionDeclaration[] = [
  { name: 'fg_s', overloads: [{ id: 'fg_s_0', member: false, args: [], result: string, params: [] }] },
  {
    name: 'fi_s_s',

    overloads: [{ id: 'fi_s_s_0', member: true, args: [string], result: string, params: [] }],
  },
];

/** What is different in our answer; null where it is cel-go's. */
export function difference(placed: PlacedCheck): string | null {
  const { original, checkedAst, error } = placed.test;
  const found = answer(original.expr, environmentOf(placed));
  const expected = checkedAst ?? error ?? '';
  return found.trim() === withoutName(expected).trim() ? null : `expected\n${expected}\ngot\n${found}`;
}

/** The files' errors name the test where cel-go names the input. */
function withoutName(text: string): string {
  return text.replace(/^ERROR: [^:\n]*:(?=\d+:\d+)/gm, 'ERROR: <input>:');
}

function answer(source: string, environment: Environment): string {
  try {
    const checked = check(parse(source), environment);
    if (checked.issues.length === 0) return printChecked(checked);
    return checked.issues.map(({ message, position }) => formatIssue(source, { message, position })).join('\n');
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.message;
  }
}

function environmentOf({ file, test }: PlacedCheck): Environment {
  const base = standard();
  const isChecker = file === 'checking';
  const variables = new Map<string, Type>(Object.entries(isChecker ? checkerVariables : {}));
  const functions = new Map(typingOf(base).functions);
  if (isChecker) for (const fn of checkerFunctions) functions.set(fn.name, fn);
  for (const declaration of test.original.typeEnv ?? []) {
    if (declaration.ident !== undefined) variables.set(declaration.name, typeFromSpec(declaration.ident.type ?? {}));
    if (declaration.function !== undefined) functions.set(declaration.name, declared(declaration, functions));
  }
  // The files were made without comparisons across types of numbers.
  return base.withTyping({ variables, functions, crossTypeComparisons: false });
}

function declared(declaration: Declaration, functions: ReadonlyMap<string, FunctionDeclaration>): FunctionDeclaration {
  const own = (declaration.function?.overloads ?? []).map((overload) => ({
    id: overload.overloadId,
    member: overload.isInstanceFunction ?? false,
    args: (overload.params ?? []).map(typeFromSpec),
    result: typeFromSpec(overload.resultType ?? {}),
    params: [...new Set([...(overload.params ?? []), overload.resultType ?? {}].flatMap(parametersOf))],
  }));
  const known = functions.get(declaration.name)?.overloads ?? [];
  return { name: declaration.name, overloads: [...known, ...own] };
}

/** The names of the type parameters in a type. */
function parametersOf(spec: SpecType): readonly string[] {
  return [...JSON.stringify(spec).matchAll(/"typeParam":"(\w+)"/g)].map(([, name]) => name ?? '');
}
