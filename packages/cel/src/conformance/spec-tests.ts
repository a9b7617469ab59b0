import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { CompileError } from '../syntax/compile-error.ts';
import { standard } from '../environment/standard.ts';
import type { Mode } from '../evaluate/runner.ts';
import { evaluate } from '../program.ts';
import { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { type SpecValue, fromSpec, print, same } from './spec-value.ts';

/** One test of the CEL specification, as `@bufbuild/cel-spec` gives it. */
interface SpecTest {
  readonly name?: string;
  readonly expr: string;
  readonly container?: string;
  readonly value?: SpecValue;
  readonly evalError?: unknown;
  readonly typedResult?: { readonly result?: SpecValue };
  readonly bindings?: Readonly<Record<string, { readonly value?: SpecValue }>>;
  readonly checkOnly?: boolean;
  readonly disableCheck?: boolean;
}

interface SpecSuite {
  readonly name: string;
  readonly suites?: readonly SpecSuite[];
  readonly tests?: readonly { readonly original: object }[];
}

/** A test with its place in the files: `lists/in/uint_in_doubles`. */
export interface PlacedTest {
  readonly path: string;
  readonly file: string;
  readonly test: SpecTest;
}

/** All tests, in the files' order. */
export function specTests(): readonly PlacedTest[] {
  const placed: PlacedTest[] = [];
  const visit = (suite: SpecSuite, path: readonly string[]): void => {
    for (const { original } of suite.tests ?? []) {
      const test = original as SpecTest;
      placed.push({ path: [...path, test.name ?? test.expr].join('/'), file: path[0] ?? '', test });
    }
    for (const inner of suite.suites ?? []) visit(inner, [...path, inner.name]);
  };
  visit(conformance, []);
  return placed;
}

const messages =
  /TestAllTypes|\b(?:Int32|Int64|UInt32|UInt64|Float|Double|Bool|String|Bytes)?Value\{|NestedTestAllTypes|google\.(?:protobuf|rpc)\.(?!Timestamp\b|Duration\b)|GlobalEnum|proto[23]|\bcel\.expr\b|\bcel\.iterVar|cel\.@block|cel\.block/;

/** Why a test cannot run without protobuf messages or the checker; null where it can. */
export function outOfScope({ file, test }: PlacedTest): string | null {
  if (test.checkOnly === true) return 'asks the checker alone';
  if (file === 'block_ext') return 'cel.@block is an optimiser’s internal form';
  if (messages.test(test.expr) || messages.test(test.container ?? '')) return 'needs protobuf messages or enums';
  if (test.value !== undefined && fromSpec(test.value) === undefined) return 'gives a protobuf message';
  if (Object.values(test.bindings ?? {}).some(({ value }) => value !== undefined && fromSpec(value) === undefined))
    return 'binds a protobuf message';
  return null;
}

/** What is wrong with our answer; null where it is the expected one. */
export function difference({ test }: PlacedTest, mode?: Mode): string | null {
  let answer: Value;
  try {
    const bindings = Object.entries(test.bindings ?? {}).map(
      ([name, { value }]) => [name, value === undefined ? null : (fromSpec(value) ?? null)] as const,
    );
    answer = evaluate(test.expr, Object.fromEntries(bindings), standard(), {
      check: test.disableCheck !== true,
      mode,
    });
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return test.evalError === undefined ? `does not compile: ${error.issues[0]?.message}` : null;
  }
  if (test.evalError !== undefined) return answer instanceof Fault ? null : `expected an error, got ${print(answer)}`;
  const expected = fromSpec(test.value ?? test.typedResult?.result ?? { boolValue: true }) ?? null;
  if (answer instanceof Fault)
    return `expected ${print(expected)}, got ${'message' in answer ? String(answer.message) : 'unknown'}`;
  return same(answer, expected) ? null : `expected ${print(expected)}, got ${print(answer)}`;
}
