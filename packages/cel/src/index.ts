/**
 * Kubernetes' CEL for JavaScript: parse, compile, run; plain JSON in, exact answers out. See README.md.
 */
export { CelError, type Position } from './errors.ts';
export {
  Composer,
  Activation,
  type CompileOptions,
  PER_EXPRESSION_LIMIT,
  Program,
  type RunOptions,
  compile,
  compileUnchecked,
  evaluate,
} from './program.ts';
export type { Mode, Runner } from './evaluate/runner.ts';
export { Checked, type Reference, check } from './check/check.ts';
export {
  type ExpressionWarning,
  type MatchedKind,
  type TypedPolicy,
  checkPolicyTypes,
} from './check/schema/policy-types.ts';
export { type SchemaOptions, type SchemaType, schemaType, typeOfKind } from './check/schema/schema-type.ts';
export type { GroupVersionKind, OpenApiDocument, OpenApiSchema } from './check/schema/open-api-schema.ts';
export { type AdmissionOptions, admission } from './check/schema/admission-types.ts';
export { formatType, runtimeTypeName } from './check/types/format-type.ts';
export * as types from './check/types/makers.ts';
export type { Type } from './check/types/type.ts';
export { Environment, type EnvironmentOptions, kubernetes } from './environment/environment.ts';
export type { Ast, Expr } from './syntax/ast.ts';
export { CompileError, type Issue, formatIssue } from './syntax/compile-error.ts';
export { type ParseLimits, parse } from './syntax/parser.ts';
export { parts } from './syntax/parts.ts';
export { type AccessDecision, type AccessRequest, Authorizer, type Decide } from './values/authorizer.ts';
export { ErrorValue, Fault, Unknown } from './values/fault.ts';
export { Double, Uint } from './values/numbers.ts';
export { Optional } from './values/optional.ts';
export { TypeValue } from './values/type-value.ts';
export { CelMap } from './values/cel-map.ts';
export { Duration } from './values/duration.ts';
export { Quantity } from './values/quantity.ts';
export { Timestamp } from './values/timestamp.ts';
export { type Value, isFault } from './values/value.ts';
export { blame } from './explain/blame.ts';
export { type Culprit, type Culprits, culprits } from './explain/culprits.ts';
export type { Fact } from './explain/fact.ts';
export { facts } from './explain/facts.ts';
export { type Step, explain } from './explain/explain.ts';
export { type FieldPath, type Reads, paths, reads } from './explain/paths.ts';
export { nearestName } from './environment/nearest-name.ts';
export { withUnknown } from './values/unseen.ts';
export { typeOf } from './values/type-of.ts';
