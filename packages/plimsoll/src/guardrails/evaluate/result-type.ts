import { type Ast, CompileError, type Environment, type Type, check, runtimeTypeName } from '@plimsoll/cel';

/** The type of what an expression evaluates to, as cel-go names it: `bool`, `dyn`. */
export function resultType(ast: Ast, environment: Environment): string {
  return runtimeTypeName(check(ast, environment).outputType);
}

/**
 * @throws {CompileError} where an expression is not known to evaluate to one of these types, in the API server's words
 * (k8s.io/apiserver plugin/cel/compile.go)
 */
export function mustEvaluateTo(wanted: readonly Type['kind'][], ast: Ast, environment: Environment): void {
  const { outputType } = check(ast, environment);
  if (wanted.includes(outputType.kind)) return;
  const names = wanted.map((kind) => (kind === 'null' ? 'null_type' : kind));
  const what = names.length === 1 ? (names[0] ?? '') : `one of [${names.join(' ')}]`;
  const message = `must evaluate to ${what} but got ${runtimeTypeName(outputType)}`;
  throw new CompileError(ast.source, [{ message, position: { line: 1, column: 1, offset: 0 } }]);
}
