import { type Type, formatType, runtimeTypeName } from '@plimsoll/cel';

/** Types that a value may be of. */
export type Wanted = readonly Type['kind'][];

/** What is wrong with a value of a type, as the message; null: nothing. */
type TypeFault = (type: Type) => string | null;

/** As the API server asks for it, in its words (k8s.io/apiserver plugin/cel/compile.go). */
export function mustEvaluateTo(wanted: Wanted): TypeFault {
  const names = wanted.map((kind) => (kind === 'null' ? 'null_type' : kind));
  const what = names.length === 1 ? (names[0] ?? '') : `one of [${names.join(' ')}]`;
  return (type) => (wanted.includes(type.kind) ? null : `must evaluate to ${what} but got ${runtimeTypeName(type)}`);
}

/** As Kyverno asks for it, which refuses dyn too (pkg/cel/compiler/compiler.go). */
export function outputExpected(wanted: Wanted): TypeFault {
  const what = `output is expected to be of type ${wanted.join(' or ')}`;
  return (type) => (wanted.includes(type.kind) ? null : `${what}, and is ${formatType(type)}`);
}
