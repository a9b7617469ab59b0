import { type Expr, parse, paths } from '@plimsoll/cel';
import { fieldSteps } from '../../model/field-path.ts';
import { type Json, type JsonObject, isJsonObject } from '../../model/json.ts';
import { type PatchOperation, patched, valueAtSteps } from '../../model/json-patch.ts';
import type { Resource } from '../../model/resource.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Evaluator, VerdictSink } from '../evaluate/evaluator.ts';
import type { PlanEntry } from '../evaluate/plan.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import { type Edit, type Steps, candidateEdits, fieldOf } from './candidate-edits.ts';
import { messageHints } from './message-hints.ts';
import { type ValueHints, valueHints } from './value-hints.ts';

/** How many edited objects are judged before it is given up, and the most fields that are edited. */
const mostJudged = 2000;
const mostEdits = 20;

/** What a mended verdict is one of. */
type Judged = Pick<Verdict, 'binding' | 'param' | 'rule'>;

/** What came of judging an edited object. */
interface Standing {
  readonly resource: Resource;
  /** null: it holds. */
  readonly wrong: Wrong | null;
}

interface Step extends Standing {
  readonly operation: PatchOperation;
}

interface Wrong {
  /** Violations, and the fields that make them: fewer of them is progress. */
  readonly measure: readonly [number, number];
  readonly paths: readonly Steps[];
  readonly hints: ValueHints;
  /** Fields that the messages would have left out. */
  readonly removed: ReadonlySet<string>;
  /** The messages. */
  readonly said: string;
}

/** Fields by which a workload does what it does: they are edited as the message says, and not else. */
const delicate = new Set([
  'args',
  'command',
  'deprecated',
  'endPort',
  'port',
  'protocol',
  'replicas',
  'scope',
  'targetPort',
]);

/** Whether a message says to make an edit of a delicate field: to set it, or of a command line to set or remove a flag. */
function isAsked({ steps, operation }: Edit, body: JsonObject, said: string): boolean {
  if (operation.op !== 'remove' && typeof operation.value !== 'string')
    return messageHints(said).values.get(fieldOf(steps)) === operation.value;
  const text = String(operation.op === 'remove' ? valueAtSteps(body, steps) : operation.value);
  const [flag = ''] = text.split('=');
  if (flag.startsWith('--')) return said.includes(operation.op === 'remove' ? flag : text);
  return operation.op !== 'remove' && messageHints(said).values.get(fieldOf(steps)) === operation.value;
}

function rankOf(edit: Edit, said: string): number {
  if (!said.includes(fieldOf(edit.steps))) return 2;
  return edit.operation.op !== 'remove' && said.includes(valueText(edit)) ? 0 : 1;
}

function valueText({ operation }: Edit): string {
  return operation.op === 'remove' ? '' : innermost(operation.value);
}

/** Of a value with what is missing above it, the value itself, as a message writes it. */
function innermost(value: Json): string {
  if (Array.isArray(value)) return (value as readonly Json[]).map(innermost).join(', ');
  if (isJsonObject(value)) return Object.values(value).map(innermost).join(', ');
  return String(value);
}

/**
 * The smallest edit of a resource that was found to make a guardrail hold, as a JSON Patch: applied to the resource it has
 * been judged, and passes; and none of its operations can be left out. null: none was found among what the guardrail's
 * expressions compare fields with, turning truths round and taking things away. `evaluator` judges by that guardrail
 * alone, and its verdict on the resource as it is fails.
 */
export function mend(resource: Resource, judged: Judged, evaluator: Evaluator): readonly PatchOperation[] | null {
  const search = new Search(judged, evaluator);
  const first = search.judge(resource);
  if (first === null || first.wrong === null) return null;
  const found = search.from({ resource, wrong: first.wrong });
  return found === null ? null : search.fewest(resource, found);
}

class Search {
  readonly #judged: Judged;
  readonly #evaluator: Evaluator;
  #left = mostJudged;

  constructor(judged: Judged, evaluator: Evaluator) {
    [this.#judged, this.#evaluator] = [judged, evaluator];
  }

  /** Edits until it holds, no field in two ways, each time by what leaves least wrong. */
  from(start: { readonly resource: Resource; readonly wrong: Wrong }): readonly PatchOperation[] | null {
    let { resource, wrong } = start;
    const done: PatchOperation[] = [];
    while (done.length < mostEdits) {
      const step = this.#best(resource, wrong, new Set(done.flatMap((one) => (one.op === 'remove' ? [] : [one.path]))));
      if (step === null) return null;
      done.push(step.operation);
      if (step.wrong === null) return done;
      ({ resource, wrong } = { resource: step.resource, wrong: step.wrong });
    }
    return null;
  }

  /** Leaves out what is not needed. */
  fewest(resource: Resource, found: readonly PatchOperation[]): readonly PatchOperation[] {
    let kept = found;
    for (const operation of found) {
      const others = kept.filter((other) => other !== operation);
      if (others.length > 0 && this.holds(resource, others)) kept = others;
    }
    return kept;
  }

  /** True where the resource with these operations applied passes. */
  holds(resource: Resource, operations: readonly PatchOperation[]): boolean {
    const body = patched(resource.body, operations);
    const standing = body === null ? null : this.judge({ ...resource, body });
    return standing !== null && standing.wrong === null;
  }

  /**
   * What makes it hold; else what leaves least wrong; else what leaves as many validations wrong by other fields, for of
   * several demands in one expression only the first that fails is told.
   */
  #best(resource: Resource, wrong: Wrong, edited: ReadonlySet<string>): Step | null {
    let best: (Step & { readonly wrong: Wrong }) | null = null;
    let aside: Step | null = null;
    for (const { operation, steps } of this.#candidates(resource, wrong)) {
      if (this.#left <= 0) return null;
      if (edited.has(operation.path)) continue;
      const body = patched(resource.body, [operation]);
      const standing = body === null ? null : this.judge({ ...resource, body });
      if (standing === null) continue;
      const { wrong: still } = standing;
      if (still === null) return { operation, ...standing };
      if (isLess(still.measure, (best?.wrong ?? wrong).measure)) best = { operation, ...standing, wrong: still };
      const isOver = still.measure[0] <= wrong.measure[0] && !still.paths.some((path) => isSame(path, steps));
      if (isOver) aside ??= { operation, ...standing };
    }
    return best ?? aside;
  }

  /** What the message names, value and all, comes first: who wrote the guardrail knows what mends it. */
  #candidates({ body }: Resource, { paths: wrong, hints, removed, said }: Wrong): readonly Edit[] {
    const unique = new Map(
      wrong
        .flatMap((steps) => candidateEdits(body, steps, hints, removed))
        .filter((edit) => !delicate.has(fieldOf(edit.steps)) || isAsked(edit, body, said))
        .map((edit) => [`${edit.operation.op} ${edit.operation.path} ${valueText(edit)}`, edit]),
    );
    return [...unique.values()]
      .map((edit) => ({ edit, rank: rankOf(edit, said) }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ edit }) => edit);
  }

  /** Judges; null where it neither passes nor fails: what makes a policy look elsewhere mends nothing. */
  judge(resource: Resource): Standing | null {
    this.#left -= 1;
    let standing: Standing | null = null;
    const { binding, param, rule } = this.#judged;
    const sink: VerdictSink = {
      pass: (entry, _, of) => {
        if ((entry.binding?.name ?? null) === binding && of === param) standing ??= { resource, wrong: null };
      },
      verdict: (verdict, entry) => {
        if (verdict.binding !== binding || verdict.param !== param || verdict.rule !== rule) return;
        if (verdict.outcome === 'fail' || (verdict.outcome === 'waived' && verdict.violations.length > 0))
          standing = { resource, wrong: wrongOf(verdict, entry, resource) };
      },
    };
    this.#evaluator.evaluate(resource, sink);
    return standing;
  }
}

function isSame(a: Steps, b: Steps): boolean {
  return a.length === b.length && a.every((step, at) => step === b[at]);
}

function isLess([a, b]: Wrong['measure'], [c, d]: Wrong['measure']): boolean {
  return a < c || (a === c && b < d);
}

/** What is wrong, and what is said that would mend it. */
function wrongOf({ violations }: Verdict, { compiled: { policy, validations } }: PlanEntry, resource: Resource): Wrong {
  const failing = validations.filter(({ index }) => violations.some((violation) => violation.index === index));
  const said = violations.map(({ message }) => message).join('\n');
  const { values, removed, flags } = messageHints(said);
  const prefix = policy.appliesTo === null ? [] : (podTemplateTypes.get(resource.type) ?? []);
  // What the message names may be read, and not be what is to blame: an absent field beside one that says the wrong thing.
  const named = failing
    .flatMap(({ program }) => paths(program.ast.expr, program.environment.composed))
    .filter((path) => path[0] === 'object' && !path.includes('*') && values.has(path.at(-1) ?? ''))
    .map((path) => [...prefix, ...path.slice(1)]);
  const variables = policy.variables.map(({ name, expression }): [string, Expr] => [name, parse(expression).expr]);
  return {
    measure: [violations.length, violations.reduce((sum, violation) => sum + violation.paths.length, 0)],
    paths: [...violations.flatMap((violation) => violation.paths.flatMap(stepsOf)), ...named],
    hints: valueHints(
      failing.map(({ program }) => program.ast.expr),
      new Map(variables),
      values,
      flags,
    ),
    removed,
    said,
  };
}

/** The steps of a path without wildcards, alone; nothing for others. */
function stepsOf(path: string): readonly Steps[] {
  const steps = fieldSteps(path) ?? [];
  const plain = steps.flatMap((step) => (typeof step === 'symbol' ? [] : [step]));
  return plain.length === steps.length && plain.length > 0 ? [plain] : [];
}
