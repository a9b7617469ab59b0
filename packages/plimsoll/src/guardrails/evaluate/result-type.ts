import { CompileError, type Environment, check, parse, runtimeTypeName } from '@plimsoll/cel';

/** The type of what an expression evaluates to, as cel-go names it: `bool`, `dyn`. */
export function resultType(source: string, environment: Environment): string {
  return runtimeTypeName(check(parse(source), environment).outputType);
}

/** @throws {CompileError} where an expression is not known to be true or false (k8s.io/apiserver plugin/cel/compile.go) */
export function mustBeBool(source: string, environment: Environment): void {
  const type = resultType(source, environment);
  if (type === 'bool') return;
  const position = { line: 1, column: 1, offset: 0 };
  throw new CompileError(source, [{ message: `must evaluate to bool but got ${type}`, position }]);
}
