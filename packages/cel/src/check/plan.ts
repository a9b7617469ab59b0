import type { Environment } from '../environment/environment.ts';
import { CelError } from '../errors.ts';
import { patterned } from '../evaluate/call-plan.ts';
import { conversions, converted } from '../evaluate/constant.ts';
import { literalValue } from '../evaluate/literal-value.ts';
import { compilePattern } from '../libraries/regex.ts';
import { ErrorValue, Fault } from '../values/fault.ts';
import { TypeValue } from '../values/type-value.ts';
import { typeOf } from '../values/type-of.ts';
import type { Value } from '../values/value.ts';
import { type Core, type CoreCall, children } from './core.ts';
import type { Faults } from './faults.ts';
import { typingOf } from './typing.ts';

const keys = new Set(['string', 'int', 'uint', 'double', 'bool']);

/** Where planning ends: cel-go reports the first fault alone. */
class PlanFault extends Error {
  readonly core: Core;

  constructor(core: Core, message: string) {
    super(message);
    this.core = core;
  }
}

/**
 * Tries what cel-go computes when it makes a program of an expression, before it runs (interpreter/decorators.go
 * decOptimize and decRegexOptimizer, interpreter/attributes.go newQualifier): conversions of constants, constant
 * patterns, constant indices. An expression in which one fails is refused by the API server.
 */
export function planConstants(core: Core, parts: readonly Core[], environment: Environment, faults: Faults): void {
  if (!parts.some(mayFail)) return;
  try {
    constant(core, environment);
  } catch (error) {
    if (!(error instanceof PlanFault)) throw error;
    faults.add(error.core.source, `program instantiation failed: ${error.message}`);
  }
}

/** True of a call that a constant can make fail. */
function mayFail(core: Core): boolean {
  if (core.kind !== 'call') return false;
  const { name } = core;
  return name === '_[_]' || name === '_[?_]' || patterned.has(name) || conversions.has(name);
}

/** The value of what is constant to cel-go, undefined for the rest; tries what it comes by. */
function constant(core: Core, environment: Environment): Value | undefined {
  if (core.kind === 'literal') return literalValue({ value: core.value });
  const [inner] = core.type.params;
  if (core.kind === 'ident' || (core.kind === 'select' && core.qualified !== null)) {
    const isType = core.type.kind === 'type' && inner !== undefined && core.source.kind !== 'macro';
    return isType && typingOf(environment).types.has(nameOf(core)) ? new TypeValue(inner.name) : undefined;
  }
  const parts = children(core).map((part) => constant(part, environment));
  switch (core.kind) {
    case 'call':
      return constantCall(core, parts, environment);
    case 'list':
    case 'map':
      // Of what is in it nothing more has to be known than that it is constant.
      return parts.some((part) => part === undefined) ? undefined : [];
    default:
      return undefined;
  }
}

function nameOf(core: Core): string {
  if (core.kind === 'select') return core.qualified ?? '';
  return core.kind === 'ident' ? core.name.replace(/^\./, '') : '';
}

function constantCall(
  core: CoreCall,
  parts: readonly (Value | undefined)[],
  environment: Environment,
): Value | undefined {
  const [first, second] = parts;
  if (core.name === '_[_]' || core.name === '_[?_]') {
    if (second !== undefined && !keys.has(typeOf(second))) throw new PlanFault(core, 'invalid qualifier type');
    return undefined;
  }
  if (patterned.has(core.name) && typeof second === 'string') tryPattern(core, second);
  if (core.target !== null || !conversions.has(core.name) || first === undefined) return undefined;
  const convert = environment.table.find(core.name, 'global', 1);
  // A constant list or map stands for its kind alone.
  if (convert === undefined || Array.isArray(first)) return core.name === 'dyn' ? first : undefined;
  // Declared, and never there when it is called (cel-go common/types/int.go ConvertToType).
  if (core.name === 'duration' && typeOf(first) === 'int')
    throw new PlanFault(core, "type conversion error from 'int' to 'google.protobuf.Duration'");
  const value = converted(() => convert.apply(first));
  if (value instanceof Fault) throw new PlanFault(core, value instanceof ErrorValue ? value.message : 'unknown');
  return value;
}

function tryPattern(core: CoreCall, pattern: string): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new PlanFault(core, error.message);
  }
}
