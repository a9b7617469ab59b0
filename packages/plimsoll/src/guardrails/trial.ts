import type { Resource } from '../model/resource.ts';
import { PlimsollError } from '../model/errors.ts';
import type { Verdict } from '../model/verdict.ts';
import { newestDialect } from './evaluate/dialect.ts';
import { Evaluator } from './evaluate/evaluator.ts';
import { type PartPath, partsRead } from './evaluate/parts-read.ts';
import { readPolicyDocument } from './formats/registry.ts';
import { typeWords } from './match/subject.ts';
import { guardrailsOf } from './policy-set.ts';
import type { World } from './world.ts';

/** A guardrail of one expression, which nobody keeps: what would it find? */
export class Trial {
  /** What has to be read of a resource to {@link glance} at it. */
  readonly parts: readonly PartPath[];
  readonly #evaluator: Evaluator;
  readonly #only: ReadonlySet<string>;

  /**
   * One that holds resources of a type (`core/pods`) to an expression.
   *
   * @throws PlimsollError PLM1006 with the caret where it does not compile
   */
  constructor(expression: string, type: string, world: World) {
    const { group, resource } = typeWords(type);
    const resourceRules = [{ apiGroups: [group], apiVersions: ['*'], operations: ['*'], resources: [resource] }];
    const spec = { matchConstraints: { resourceRules }, validations: [{ expression }] };
    const body = { apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name: 'trial' }, spec };
    const parts = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
    const { guardrails } = guardrailsOf(parts, () => newestDialect, 0);
    const [guardrail] = guardrails;
    if (guardrail?.state !== 'ok') {
      const why = guardrail?.problems[0]?.message ?? 'it is no guardrail';
      throw new PlimsollError('PLM1006', why.replace(/^.*?does not compile\n/s, '').replaceAll('<input>', 'EXPR'));
    }
    this.parts = partsRead(guardrail, type);
    this.#evaluator = new Evaluator(guardrails, world);
    this.#only = new Set([guardrail.key]);
  }

  /** False where a resource of which {@link parts} were read holds for certain. */
  glance(excerpt: Resource): boolean {
    return this.#evaluator.glance(excerpt, this.#only, { pass: 0, skip: 0 });
  }

  /** What there is to say of a whole resource; nothing where it holds. */
  judge(resource: Resource): readonly Verdict[] {
    const found: Verdict[] = [];
    this.#evaluator.evaluate(resource, {
      pass: () => undefined,
      verdict: (verdict) => {
        if (verdict.outcome !== 'skip') found.push(verdict);
      },
    });
    return found;
  }
}
