import { type Expr, parse, parts } from '@plimsoll/cel';

/** A text put in place of a range of a source; an empty range is an insertion. */
interface Edit {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
}

/** Why an expression cannot be told of a template, and where that stands in it. */
interface NotTold {
  readonly reason: string;
}

const roots = new Set(['object', 'oldObject']);

/** What `kind` and `apiVersion` of the Pod in a template are. */
const podMeta = "{'apiVersion': 'v1', 'kind': 'Pod'}";

/**
 * An expression about a Pod as it is about the object that holds the Pod's template at `template` (`spec.template`), read
 * as {@link podView} makes the Pod: `spec` and `metadata` are the template's, but the namespace the object's own. Other
 * text stays as it is. What reads the Pod as a whole cannot be told.
 *
 * @throws CompileError where it does not parse
 */
export function onTemplate(source: string, template: string): string | NotTold {
  const edits: Edit[] = [];
  const problem = collect(parse(source).expr, new Set(), template, edits);
  if (problem !== null) return problem;
  let text = source;
  for (const { offset, end, text: put } of edits.toSorted((a, b) => b.offset - a.offset))
    text = text.slice(0, offset) + put + text.slice(end);
  return text;
}

/** Adds the edits of an expression; `hidden` are names that a comprehension has bound. */
function collect(expr: Expr, hidden: ReadonlySet<string>, template: string, edits: Edit[]): NotTold | null {
  const isRoot = (one: Expr): boolean =>
    one.kind === 'ident' && roots.has(one.name) && (one.absolute || !hidden.has(one.name));
  if (isRoot(expr)) return { reason: 'it reads the Pod as a whole, and a template is no Pod' };
  if (isNullTest(expr, isRoot)) return null;
  const outer = memberOf(expr);
  const inner = outer === null ? null : memberOf(outer.operand);
  if (outer !== null && isRoot(outer.operand)) {
    const isWhole = outer.field === 'metadata' && !(expr.kind === 'select' && expr.test);
    if (isWhole) return { reason: 'it reads metadata as a whole, of which a template has its own' };
    edits.push(placed(outer.operand, outer.field, template));
    return null;
  }
  if (outer !== null && inner !== null && isRoot(inner.operand) && inner.field === 'metadata') {
    if (outer.field !== 'namespace') edits.push(placed(inner.operand, 'metadata', template));
    return null;
  }
  if (expr.kind !== 'macro') return first(parts(expr), (part) => collect(part, hidden, template, edits));
  const bound = new Set([...hidden, ...expr.variables]);
  const inside = expr.condition === null ? [expr.body] : [expr.condition, expr.body];
  return collect(expr.range, hidden, template, edits) ?? first(inside, (part) => collect(part, bound, template, edits));
}

function first(all: readonly Expr[], ask: (expr: Expr) => NotTold | null): NotTold | null {
  for (const one of all) {
    const found = ask(one);
    if (found !== null) return found;
  }
  return null;
}

function placed(root: Expr, field: string, template: string): Edit {
  if (field === 'kind' || field === 'apiVersion') return { offset: root.offset, end: root.end, text: podMeta };
  return { offset: root.end, end: root.end, text: `.${template}` };
}

/** `operand.field`, `has(operand.field)`, `operand.?field`, `operand['field']` and `operand[?'field']`. */
function memberOf(expr: Expr): { readonly operand: Expr; readonly field: string } | null {
  if (expr.kind === 'select') return { operand: expr.operand, field: expr.field };
  if (expr.kind !== 'call' || (expr.name !== '_[_]' && expr.name !== '_[?_]')) return null;
  const [operand, index] = expr.args;
  if (operand === undefined || index?.kind !== 'literal' || index.value.type !== 'string') return null;
  return { operand, field: index.value.value };
}

/** `oldObject == null`, either way round. */
function isNullTest(expr: Expr, isRoot: (one: Expr) => boolean): boolean {
  if (expr.kind !== 'call' || (expr.name !== '_==_' && expr.name !== '_!=_')) return false;
  const isNull = (one: Expr): boolean => one.kind === 'literal' && one.value.type === 'null';
  return expr.args.some(isRoot) && expr.args.some(isNull);
}
