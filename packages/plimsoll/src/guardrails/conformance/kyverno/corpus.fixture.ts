import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { YAML11_SCHEMA, loadAll } from 'js-yaml';
import { type Json, type JsonObject, isJsonObject } from '../../../model/json.ts';
import { FileKinds } from '../../../model/kinds.ts';
import type { Resource } from '../../../model/resource.ts';
import { newestDialect } from '../../evaluate/dialect.ts';
import { evaluateResource } from '../../evaluate/evaluator.ts';
import { readPolicyDocument } from '../../formats/registry.ts';
import { guardrailsOf } from '../../policy-set.ts';
import { reportedResult } from '../../suites/kyverno/reported-result.ts';
import { resourceOf, testWorld } from '../../suites/kyverno/test-world.ts';

/** Where the corpus stands: policies, exceptions and resources of one case in each file of `cases`. */
const corpus = join(import.meta.dirname, 'fixtures');

/** One case: what judges, and what is judged. */
export interface CorpusCase {
  readonly name: string;
  /** Policies and exceptions. */
  readonly judging: readonly JsonObject[];
  /** The case's own resources, then those of every case. */
  readonly resources: readonly JsonObject[];
}

function documentsOf(file: string): readonly JsonObject[] {
  const documents: unknown[] = loadAll(readFileSync(join(corpus, file), 'utf8'), { schema: YAML11_SCHEMA });
  return documents.filter((one): one is JsonObject => isJsonObject(one as Json));
}

/** The namespaces of every case, with their labels. */
export const namespaces = documentsOf('namespaces.yaml');

/** Every case. */
export function corpusCases(): readonly CorpusCase[] {
  const shared = documentsOf('resources.yaml');
  return readdirSync(join(corpus, 'cases')).map((file) => {
    const documents = documentsOf(join('cases', file));
    const isOurs = ({ apiVersion }: JsonObject): boolean => /(^|\.)kyverno\.io\//.test(String(apiVersion));
    return {
      name: file.replace('.yaml', ''),
      judging: documents.filter(isOurs),
      resources: [...documents.filter((one) => !isOurs(one)), ...shared],
    };
  });
}

/** `POLICY[/RULE] KIND [NAMESPACE/]NAME`: what a verdict is about. */
function verdictKey(policy: string, rule: string, { kind, scope, name }: Resource): string {
  return `${policy}${rule === '' ? '' : `/${rule}`} ${kind} ${scope === null ? '' : `${scope}/`}${name}`;
}

/** A case's resources as they are judged. */
function resourcesOf({ resources }: CorpusCase): readonly Resource[] {
  const kinds = new FileKinds();
  for (const body of resources) if (body['kind'] === 'CustomResourceDefinition') kinds.learn(body);
  return resources.map((body) => resourceOf(body, null, kinds));
}

/** Our verdicts on a case, in the words of Kyverno's report; `unknown` where it cannot be told. */
export function ourVerdicts(one: CorpusCase): {
  readonly verdicts: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
} {
  const parts = one.judging.flatMap((body) =>
    readPolicyDocument({ source: 'files', origin: 'files', body, place: null }),
  );
  const { guardrails, problems } = guardrailsOf(parts, () => newestDialect);
  const resources = resourcesOf(one);
  const world = testWorld({
    resources,
    namespaces: namespaces.map((body) => resourceOf(body, null)),
    test: { apiCallResponses: [], globalContextEntries: [] },
    images: new Map(),
    entries: new Map(),
    kinds: new FileKinds(),
  });
  const verdicts: Record<string, string> = {};
  for (const resource of resources)
    for (const guardrail of guardrails)
      for (const verdict of evaluateResource(resource, [guardrail], world))
        verdicts[verdictKey(verdict.policy.name, verdict.rule ?? '', resource)] =
          reportedResult(verdict, guardrail) ?? 'unknown';
  const all = [...problems, ...guardrails.flatMap((guardrail) => guardrail.problems)];
  return { verdicts, problems: all.map(({ code, message }) => `${code} ${message}`) };
}
