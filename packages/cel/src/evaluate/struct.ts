import type { Scope } from '../environment/scope.ts';
import type { StructExpr } from '../syntax/ast.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
import { JSON_PATCH, StructValue, jsonPatchFields } from '../values/struct-value.ts';
import type { Value } from '../values/value.ts';
import { at } from './fault-place.ts';
import type { Evaluate } from './frame.ts';

/** What a new message costs (cel-go common/cost.go). */
const STRUCT_COST = 40;

/** `Object{…}`, `Object.a.b{…}` and `JSONPatch{…}`, where the environment has them (pkg/cel/mutation). */
export function compileStruct(expr: StructExpr, scope: Scope): Evaluate {
  const patch = expr.type === JSON_PATCH;
  const object = /^Object(?:\.|$)/.test(expr.type);
  if (!scope.hasFeature('patch types') || !(patch || object)) {
    scope.fault(`undeclared reference to '${expr.type}' (in container '')`, expr.offset);
    return () => noSuchOverload();
  }
  for (const { name, value } of expr.fields)
    if (patch && !jsonPatchFields.includes(name)) scope.fault(`undefined field '${name}'`, value.offset);
  const fields = expr.fields.map(({ name, value, optional }) => ({ name, optional, evaluate: scope.compile(value) }));
  return structOf(expr.type, patch, fields, expr.offset);
}

interface StructField {
  readonly name: string;
  readonly optional: boolean;
  readonly evaluate: Evaluate;
}

function structOf(type: string, patch: boolean, fields: readonly StructField[], offset: number): Evaluate {
  return (frame) => {
    const built = new Map<string, Value>();
    let fault: Fault | undefined;
    for (const { name, optional, evaluate } of fields) {
      const value = evaluate(frame);
      const given =
        value instanceof Fault || !optional ? value : value instanceof Optional ? value.value : notOptional();
      if (given instanceof Fault) {
        fault = given;
        break;
      }
      if (given === undefined) built.delete(name);
      else built.set(name, given);
    }
    frame.cost += STRUCT_COST;
    if (fault !== undefined) return at(fault, offset);
    const wrong = patch ? [...built].find(([name, value]) => name !== 'value' && typeof value !== 'string') : undefined;
    return wrong === undefined
      ? new StructValue(type, built)
      : at(new ErrorValue(`unexpected type for JSONPatchType '${wrong[0]}' field`), offset);
  };
}

function notOptional(): ErrorValue {
  return new ErrorValue('cannot initialize optional entry from a non-optional value');
}
