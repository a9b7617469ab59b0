import type { Environment } from '../../environment/environment.ts';
import { Checker } from '../checker.ts';
import { type Core, children, qualifiedName } from '../core.ts';
import type { FunctionDeclaration, Overload } from '../declarations/declaration.ts';
import { Faults } from '../faults.ts';
import { lower } from '../lower.ts';
import { Names } from '../names.ts';
import { formatType } from '../types/format-type.ts';
import { Substitutions } from '../types/substitutions.ts';
import { type Field, type Type, param, unwrapOptional } from '../types/type.ts';
import { type Typing, typingOf } from '../typing.ts';
import { functionDoc } from './function-docs.ts';
import { type MacroDoc, globalMacros, macrosOn } from './macro-docs.ts';
import { MARKER, repair, repairString } from './repair.ts';
import { fieldBeside } from './string-values.ts';
import { fieldsLeft, markedStruct } from './struct-fields.ts';
import { signatureOf } from './signature-text.ts';

/** Something that may stand at a place of an expression. */
export interface Completion {
  readonly label: string;
  readonly kind: 'variable' | 'field' | 'function' | 'macro' | 'type' | 'value';
  /** Its type, or the ways to call it. */
  readonly detail: string;
  readonly documentation: string;
}

/** What may stand at a place, and the range of source that it would take the place of. */
export interface Completions {
  readonly items: readonly Completion[];
  readonly start: number;
  readonly end: number;
}

/**
 * What may stand at a UTF-16 offset of a source that need not be whole: variables and loop variables, functions, macros
 * and types; behind a dot the fields of what is before it, and what may be called on it; in `Type{…}` the fields that are
 * not given yet; in a string the values that the schema allows the field beside it. Those that begin with what is typed
 * already; nothing inside comments. An offset before the source, between two units or behind its end counts as the
 * nearest one before it that is in the source.
 */
export function complete(source: string, offset: number, environment: Environment): Completions {
  const at = Math.min(Math.max(0, Math.trunc(offset) || 0), source.length);
  const text = repairString(source, at);
  const repaired = text ?? repair(source, at);
  if (repaired === null) return { items: [], start: at, end: at };
  const typing = typingOf(environment);
  const { core } = lower(repaired.ast.expr, typing.macros, repaired.ast.source);
  const faults = new Scopes(repaired.ast.source, typing);
  const checker = new Checker(typing, new Names(environment, typing), faults);
  checker.check(core);
  const items = text === null ? namesIn(core, checker, faults.names, environment) : valuesFor(fieldBeside(core));
  const matching = items.filter(({ label }) => label.toLowerCase().startsWith(repaired.typed.toLowerCase()));
  return { items: matching, start: repaired.start, end: repaired.end };
}

function namesIn(core: Core, checker: Checker, names: Names | null, environment: Environment): readonly Completion[] {
  const select = markedSelect(core);
  if (select !== null) return membersOf(select, checker.substitutions.substitute(select.operand.type), environment);
  const struct = markedStruct(core);
  if (struct !== null) return fieldsLeft(struct, typingOf(environment)).map(([name, field]) => fieldItem(name, field));
  return names === null ? [] : namesAt(names, typingOf(environment));
}

/** The texts that a schema allows a field. */
function valuesFor(field: Field | null): readonly Completion[] {
  const { enum: allowed = null, type, description = '' } = field ?? {};
  const texts = (allowed ?? []).filter((value) => typeof value === 'string');
  const detail = type === undefined ? '' : formatType(type);
  // What would end the string, or is an escape in it, cannot be put there as it is.
  const plain = texts.filter((text) => !/['"\\\n]/.test(text));
  return plain.map((label) => ({ label, kind: 'value', detail, documentation: description }));
}

function fieldItem(label: string, field: Field): Completion {
  return { label, kind: 'field', detail: formatType(field.type), documentation: field.description };
}

/** Remembers what could be named where the marker stands. */
class Scopes extends Faults {
  names: Names | null = null;

  override undeclared(name: string, _: Parameters<Faults['undeclared']>[1], names: Names): void {
    if (name === MARKER) this.names ??= names;
  }
}

function markedSelect(core: Core): (Core & { kind: 'select' }) | null {
  if (core.kind === 'select' && core.field === MARKER) return core;
  for (const part of children(core)) {
    const found = markedSelect(part);
    if (found !== null) return found;
  }
  return null;
}

function namesAt(names: Names, typing: Typing): readonly Completion[] {
  const variables = [...names.all()].map(([label, type]) => ({
    label,
    kind: 'variable' as const,
    detail: formatType(type),
    documentation: '',
  }));
  const functions = [...typing.functions.values()].flatMap((fn) =>
    functionItem(typing, fn, fn.name, ({ member }) => !member),
  );
  const types = [...typing.types.values()].map((type) => ({
    label: type.name,
    kind: 'type' as const,
    detail: `type(${type.name})`,
    documentation: '',
  }));
  return [...variables, ...functions, ...globalMacros(typing).map(macroItem), ...types];
}

function membersOf(select: Core & { kind: 'select' }, operand: Type, environment: Environment): readonly Completion[] {
  const { composed } = environment;
  const typing = typingOf(environment);
  const prefix = qualifiedName(select.operand);
  const namespaced = [...typing.functions.values()].flatMap((fn) =>
    prefix !== null && fn.name.startsWith(`${prefix}.`)
      ? functionItem(typing, fn, fn.name.slice(prefix.length + 1), ({ member }) => !member)
      : [],
  );
  if (namespaced.length > 0 && operand.kind === 'error') return namespaced;
  const target = unwrapOptional(operand);
  const fields = [...(target.fields?.names() ?? [])].flatMap((label) => {
    const field = target.fields?.find(label);
    return field === undefined ? [] : [fieldItem(label, field)];
  });
  // A test for presence and what composes a policy's variables have fields alone.
  if (select.test || select.optional || prefix === composed?.root) return fields;
  const functions = [...typing.functions.values()].flatMap((fn) =>
    functionItem(typing, fn, fn.name, (overload) => overload.member && accepts(overload, operand)),
  );
  return [...fields, ...namespaced, ...functions, ...macrosOn(operand, typing).map(macroItem)];
}

function accepts({ args, params }: Overload, target: Type): boolean {
  const [first] = args;
  if (first === undefined) return false;
  const fresh = new Substitutions();
  for (const name of params) fresh.assignable(param(`_${name}`), param(name));
  return new Substitutions().assignable(target, fresh.substitute(first));
}

function functionItem(
  typing: Typing,
  fn: FunctionDeclaration,
  label: string,
  fits: (overload: Overload) => boolean,
): readonly Completion[] {
  if (!/^[a-zA-Z]/.test(fn.name) || fn.name.includes('@')) return [];
  const overloads = fn.overloads.filter(fits);
  if (overloads.length === 0) return [];
  const detail = overloads.map((overload) => signatureOf(fn.name, overload)).join('\n');
  return [{ label, kind: 'function', detail, documentation: functionDoc(fn.name, typing) }];
}

function macroItem({ name, signature, doc }: MacroDoc): Completion {
  return { label: name, kind: 'macro', detail: signature, documentation: doc };
}
