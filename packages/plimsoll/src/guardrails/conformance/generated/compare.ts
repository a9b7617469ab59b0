import { ApiError, type TestCluster } from '@plimsoll/testcluster';
import type { JsonObject } from '../../../model/json.ts';
import { FileKinds } from '../../../model/kinds.ts';
import { apiVersionOf, type ServedType, typeName } from '../../../model/served.ts';
import { newestDialect } from '../../evaluate/dialect.ts';
import { evaluateResource } from '../../evaluate/evaluator.ts';
import { readPolicyDocument } from '../../formats/registry.ts';
import { type Guardrail, guardrailsOf } from '../../policy-set.ts';
import type { World } from '../../world.ts';
import { type GeneratedCase, namespaces, params } from './generated-cases.ts';

/** What one of the two says of an object under a policy. */
interface Answer {
  /** The messages of all validations that do not hold, each once, sorted. */
  readonly violated: readonly string[];
  /** True where something could not be evaluated, and nothing was violated: the request is refused for that. */
  readonly isError: boolean;
  readonly isDenied: boolean;
}

/** A case on one object of which the two say different things. */
interface Difference {
  readonly policy: JsonObject;
  readonly binding: JsonObject;
  readonly object: JsonObject;
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** What came of a comparison. */
export interface Survey {
  readonly policies: number;
  readonly pairs: number;
  readonly denied: number;
  readonly errors: number;
  /** Validations that do not hold, over all pairs. */
  readonly violations: number;
  readonly differences: readonly Difference[];
}

const admission = '/apis/admissionregistration.k8s.io/v1';
const LABEL = 'case';
const kinds = new FileKinds();
/** How many policies the server has at a time: each request asks all of them. */
const batch = 60;
/** How long what differs is asked again: policies reach the server's admission by a watch. */
const patience = 5_000;

/**
 * Holds generated policies against generated objects by a real API server, as dry-run creates, and by us. A binding that
 * denies says whether the request is refused; one that warns has the server say every validation that does not hold
 * (k8s.io/apiserver policy/validating dispatcher.go). We judge the object as the server stores it where nothing is bound.
 */
export async function compared(cluster: TestCluster, cases: readonly GeneratedCase[]): Promise<Survey> {
  const run = await PolicyRun.start(cluster);
  const differences: Difference[] = [];
  const count = { policies: 0, pairs: 0, denied: 0, errors: 0, violations: 0 };
  for (let from = 0; from < cases.length; from += batch) {
    const installed = await run.install(cases.slice(from, from + batch), from);
    count.policies += installed.length;
    await inParallel(installed, async (one) => {
      for (const object of one.objects) {
        const pair = await run.compare(one, object);
        count.pairs += 1;
        count.denied += pair.ours.isDenied ? 1 : 0;
        count.errors += pair.ours.isError ? 1 : 0;
        count.violations += pair.ours.violated.length;
        if (text(pair.ours) !== text(pair.theirs))
          differences.push({ policy: one.policy, binding: one.binding, object, ...pair });
      }
    });
    await run.remove(installed);
  }
  return { ...count, differences };
}

interface Installed extends GeneratedCase {
  readonly name: string;
  readonly guardrails: readonly Guardrail[];
}

const text = (answer: Answer): string => JSON.stringify(answer);

class PolicyRun {
  readonly #admin: TestCluster['admin'];
  readonly #names: Readonly<Record<string, string>>;
  readonly #world: World;

  private constructor(admin: TestCluster['admin'], names: Readonly<Record<string, string>>, world: World) {
    this.#admin = admin;
    this.#names = names;
    this.#world = world;
  }

  static async start(cluster: TestCluster): Promise<PolicyRun> {
    const { admin } = cluster;
    const names = {
      [namespaces.web]: await cluster.namespace('generated', { tier: 'web' }),
      [namespaces.other]: await cluster.namespace('generated'),
    };
    const bodies = new Map<string, JsonObject>();
    for (const name of Object.values(names)) bodies.set(name, await admin.get(`/api/v1/namespaces/${name}`));
    const there: JsonObject[] = [];
    for (const one of params) {
      const placed = inNamespaces(one, names);
      there.push(await admin.create(pathOf(placed), placed));
    }
    const resources = there.map((body) => ({ ...asResource(body) }));
    return new PolicyRun(admin, names, {
      namespace: (_, name) => ({ body: bodies.get(name) ?? {}, unknown: null, unseen: [] }),
      list: (_, type, scope) => ({
        items: resources.filter((one) => one.type === type && (scope === null || one.scope === scope)),
      }),
      has: () => false,
      typeOfKind: (_, apiVersion, kind) => kinds.of(apiVersion, kind),
      served: () => served,
    });
  }

  /** Gives the policies to the server; done once it judges by the last of them, and sees the params. */
  async install(cases: readonly GeneratedCase[], from: number): Promise<readonly Installed[]> {
    const canary = {
      name: `canary-${from}`,
      policy: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: { resourceRules: [configMaps] },
        validations: [{ expression: "params.data.max == 'never'", message: 'the canary sings' }],
      },
      binding: { paramRef: { name: 'p-one', namespace: namespaces.web, parameterNotFoundAction: 'Deny' } },
    };
    const named = cases.map((one, index) => ({ ...one, name: `generated-${from + index}` }));
    const installed = named.map((one) => ({ ...one, guardrails: this.#guardrails(one) }));
    for (const one of [...named, canary]) {
      await this.#admin.create(`${admission}/validatingadmissionpolicies`, policyOf(one));
      for (const action of ['Deny', 'Warn'])
        await this.#admin.create(`${admission}/validatingadmissionpolicybindings`, this.#binding(one, action));
    }
    const sent = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: namespaces.web } };
    const end = Date.now() + 60_000;
    while (!(await this.#theirs(canary.name, sent)).violated.includes('the canary sings')) {
      if (Date.now() > end) throw new Error('The policies do not reach the API server.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return installed;
  }

  /** Takes policies away again; canaries stay: a server without any policy with params stops watching these for good. */
  async remove(installed: readonly Installed[]): Promise<void> {
    for (const { name } of installed) {
      for (const action of ['Deny', 'Warn'])
        await this.#admin.delete(`${admission}/validatingadmissionpolicybindings/${name}-${action.toLowerCase()}`);
      await this.#admin.delete(`${admission}/validatingadmissionpolicies/${name}`);
    }
  }

  async compare(one: Installed, object: JsonObject): Promise<{ readonly ours: Answer; readonly theirs: Answer }> {
    const placed = inNamespaces(object, this.#names);
    const stored = await this.#admin.create(`${pathOf(placed)}?dryRun=All`, placed);
    const ours = this.#ours(one, labelled(stored, `${one.name}-deny`));
    const end = Date.now() + patience;
    let theirs = await this.#theirs(one.name, object);
    while (text(theirs) !== text(ours) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      theirs = await this.#theirs(one.name, object);
    }
    return { ours, theirs };
  }

  #guardrails(one: { readonly name: string; readonly policy: JsonObject; readonly binding: JsonObject }) {
    const parts = [policyOf(one), this.#binding(one, 'Deny')].flatMap((body) =>
      readPolicyDocument({ source: 'cluster', origin: 'cluster', body, place: null }),
    );
    const { guardrails, problems } = guardrailsOf(parts, () => newestDialect);
    const [found] = [...problems, ...guardrails.flatMap((guardrail) => guardrail.problems)];
    if (found !== undefined) throw new Error(`${found.code} ${found.message}: ${JSON.stringify(one.policy)}`);
    return guardrails;
  }

  #binding(one: { readonly name: string; readonly binding: JsonObject }, action: string): JsonObject {
    const name = `${one.name}-${action.toLowerCase()}`;
    const matchResources = {
      ...(one.binding['matchResources'] as JsonObject | undefined),
      objectSelector: { matchLabels: { [LABEL]: name } },
    };
    const spec = { ...one.binding, policyName: one.name, validationActions: [action], matchResources };
    const body = { kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec };
    return inNamespaces({ apiVersion: 'admissionregistration.k8s.io/v1', ...body }, this.#names);
  }

  #ours({ guardrails }: Installed, object: JsonObject): Answer {
    const verdicts = evaluateResource(asResource(object), guardrails, this.#world);
    if (verdicts.some(({ outcome }) => outcome === 'unknown')) throw new Error(`unknown: ${verdicts[0]?.reason ?? ''}`);
    const violations = verdicts.flatMap((verdict) => (verdict.outcome === 'fail' ? verdict.violations : []));
    return answer(
      violations.map(({ message }) => message),
      verdicts.some(({ outcome }) => outcome === 'error'),
    );
  }

  async #theirs(name: string, object: JsonObject): Promise<Answer> {
    const warnings: string[] = [];
    const refused = await this.#refusal(labelled(object, `${name}-deny`), []);
    const misconfigured = await this.#refusal(labelled(object, `${name}-warn`), warnings);
    const told = warnings.flatMap((warning) => /' with binding '[^']*': (.*)$/s.exec(warning)?.[1] ?? []);
    const isFault = (said: string): boolean => /resulted in error|no params found|failed to/.test(said);
    const violated = told.filter((said) => !isFault(said));
    const made = answer(violated, told.some(isFault) || misconfigured !== null);
    return { ...made, isDenied: refused !== null };
  }

  /** Why a create is refused; null: it is not. */
  async #refusal(object: JsonObject, warnings: string[]): Promise<string | null> {
    const placed = inNamespaces(object, this.#names);
    try {
      await this.#admin.createWarned(`${pathOf(placed)}?dryRun=All`, placed, warnings);
      return null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.message;
    }
  }
}

/** What is violated is told before what could not be evaluated: one of both is enough to refuse. */
function answer(messages: readonly string[], hasFault: boolean): Answer {
  const violated = [...new Set(messages)].toSorted();
  const isError = hasFault && violated.length === 0;
  return { violated, isError, isDenied: violated.length > 0 || isError };
}

const configMaps = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };

function policyOf({ name, policy }: { readonly name: string; readonly policy: JsonObject }): JsonObject {
  const body = { kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec: policy };
  return { apiVersion: 'admissionregistration.k8s.io/v1', ...body };
}

function labelled(object: JsonObject, label: string): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  const labels = { ...(metadata['labels'] as JsonObject | undefined), [LABEL]: label };
  return { ...object, metadata: { ...metadata, labels } };
}

/** With the names that the two namespaces have in this run. */
function inNamespaces(body: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  const placed = JSON.stringify(body).replaceAll(/"namespace":"(\w+)"/g, (whole, name: string) =>
    names[name] === undefined ? whole : `"namespace":"${names[name]}"`,
  );
  return JSON.parse(placed) as JsonObject;
}

function pathOf(object: JsonObject): string {
  const apiVersion = String(object['apiVersion']);
  const { type, namespaced } = kinds.of(apiVersion, String(object['kind'])) ?? { type: '', namespaced: false };
  const prefix = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespaced ? `/namespaces/${String((object['metadata'] as JsonObject)['namespace'])}` : '';
  return `${prefix}${scope}/${type.slice(type.indexOf('/') + 1)}`;
}

function asResource(body: JsonObject) {
  const apiVersion = String(body['apiVersion']);
  const kind = String(body['kind']);
  const { name, namespace = null } = body['metadata'] as { readonly name: string; readonly namespace?: string };
  const type = kinds.of(apiVersion, kind)?.type ?? kinds.guess(apiVersion, kind);
  const held = { uid: null, version: null, body, unseen: [], place: null };
  return { source: 'cluster', type, scope: namespace, name, apiVersion, kind, ...held };
}

/** What the server serves, as far as the cases name it. */
const served: readonly ServedType[] = [
  servedType('', 'configmaps', 'ConfigMap', true),
  servedType('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole', false),
];

function servedType(group: string, resource: string, kind: string, namespaced: boolean): ServedType {
  const names = { type: typeName(group, resource), group, resource, singular: '', kind, namespaced, shortNames: [] };
  const versions = [{ version: 'v1', kind, verbs: ['create'], subresources: [] }];
  return { ...names, versions, heldVersion: apiVersionOf(group, 'v1'), heldAs: null };
}

async function inParallel<T>(items: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}
