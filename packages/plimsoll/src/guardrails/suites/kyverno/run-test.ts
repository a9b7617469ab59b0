import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileKinds } from '../../../model/kinds.ts';
import type { ErrorCode } from '../../../model/errors.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Problem } from '../../../model/problem.ts';
import type { Resource } from '../../../model/resource.ts';
import type { FileObject } from '../../../sources/files/file-item.ts';
import { newestDialect } from '../../evaluate/dialect.ts';
import { evaluateResource } from '../../evaluate/evaluator.ts';
import { documentFault } from '../../formats/document-faults.ts';
import { readStrictly } from '../../formats/policy-reading.ts';
import { readPolicyDocument } from '../../formats/registry.ts';
import { type Guardrail, guardrailsOf } from '../../policy-set.ts';
import type { FieldPath, PolicyDocument } from '../../policy.ts';
import type { World } from '../../world.ts';
import type { SuiteCaseResult, SuiteRun } from '../suite-result.ts';
import { documentOf, objectsIn, testFault, testFilesIn } from '../test-files.ts';
import { reportedResult } from './reported-result.ts';
import {
  type ExpectedResult,
  type KyvernoTest,
  clusterResourceSchema,
  contextSchema,
  testSchema,
  valuesSchema,
} from './test-schema.ts';
import { resourceOf, testWorld } from './test-world.ts';

const group = 'cli.kyverno.io';

/** Every Test of Kyverno's command line in files and folders. */
export async function kyvernoTestsIn(targets: readonly string[]): Promise<readonly FileObject[]> {
  return await testFilesIn([...targets, ...targets.flatMap(hiddenFolders)], group, 'Test');
}

/** Where Kyverno's own library keeps its tests; what is hidden is passed by elsewhere. */
function hiddenFolders(target: string): readonly string[] {
  if (!statSync(target).isDirectory()) return [];
  return readdirSync(target, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory() && entry.name === '.kyverno-test')
    .map(({ parentPath, name }) => join(parentPath, name));
}

function isTestGroup(apiVersion: string): boolean {
  return apiVersion.startsWith(`${group}/`);
}

/** Runs a Test as `kyverno test` does (kyverno cmd/cli/kubectl-kyverno/commands/test). */
export async function runKyvernoTest(file: FileObject): Promise<SuiteRun> {
  const document = documentOf(file);
  const reading = readStrictly(document, testSchema);
  if (reading.value === null || reading.faults.length > 0) return failed(reading.faults.map(testFault));
  return await new TestRun(document, reading.value).run();
}

/** Fields of a test that give what is no resource at rest. */
const otherGivens = ['jsonPayload', 'jsonPayloads', 'httpPayloads', 'envoyPayloads', 'targetResources'] as const;

/** What of a result is about another kind of policy. */
const otherResults = [
  'isMutatingAdmissionPolicy',
  'isDeletingPolicy',
  'isImageValidatingPolicy',
  'isGeneratingPolicy',
  'isMutatingPolicy',
  'patchedResources',
  'generatedResource',
  'generatedResources',
  'cloneSourceResource',
] as const;

class TestRun {
  readonly #document: PolicyDocument;
  readonly #test: KyvernoTest;
  readonly #folder: string;
  readonly #name: string;
  readonly #problems: Problem[] = [];

  constructor(document: PolicyDocument, test: KyvernoTest) {
    this.#document = document;
    this.#test = test;
    const file = document.place?.file ?? '';
    this.#folder = dirname(file);
    this.#name = `${file}: ${test.metadata?.name ?? test.name ?? '(unnamed)'}`;
  }

  async run(): Promise<SuiteRun> {
    for (const field of otherGivens) {
      const given = this.#test[field];
      if (given !== undefined && given.length > 0)
        return failed([this.#fault('PLM1305', [field], 'is not read: resources are judged')]);
    }
    const { policies, exceptions, resources, clusterResources, paramResources } = this.#test;
    const read = async (files: readonly string[]) => await this.#objects(files);
    const documents = [...(await read(policies)), ...(await read(exceptions))];
    const judged = await read(resources);
    const besides = await this.#inCluster([...(await read(clusterResources)), ...(await read(paramResources))]);
    const kinds = new FileKinds();
    for (const { kind, body } of [...documents, ...judged, ...besides])
      if (kind === 'CustomResourceDefinition') kinds.learn(body);
    const ofFile = ({ body, place }: FileObject): Resource => resourceOf(body, place, kinds);
    const world = await this.#world([...besides, ...judged].map(ofFile), kinds);
    if (this.#problems.length > 0) return failed(this.#problems);
    const parts = documents.flatMap((object) => readPolicyDocument(documentOf(object)));
    const { guardrails, problems } = guardrailsOf(parts, () => newestDialect);
    this.#problems.push(...problems, ...guardrails.flatMap((guardrail) => guardrail.problems));
    const held = judged.map(ofFile);
    const results = this.#test.results.flatMap((expected, index) =>
      this.#result(expected, index, guardrails, held, world),
    );
    return { results, problems: this.#problems };
  }

  #result(
    expected: ExpectedResult,
    index: number,
    guardrails: readonly Guardrail[],
    resources: readonly Resource[],
    world: World,
  ): readonly SuiteCaseResult[] {
    const path = ['results', index];
    const other = otherResults.find((field) => expected[field] !== undefined && expected[field] !== false);
    if (other !== undefined) {
      this.#problems.push(
        this.#fault('PLM1305', [...path, other], 'is about a policy that does not validate resources'),
      );
      return [];
    }
    if (expected.operation !== 'CREATE') {
      this.#problems.push(
        this.#fault(
          'PLM1305',
          [...path, 'operation'],
          `${expected.operation}: what is at rest is judged as if created`,
        ),
      );
      return [];
    }
    const name = expected.policy.slice(expected.policy.lastIndexOf('/') + 1);
    const named = guardrails.filter(({ policy }) => policy.reference.name === name);
    if (named.length === 0) return [this.#differs(expected, '', `there is no policy ${name}`)];
    const meant = named.filter(({ policy }) => isMeant(expected, policy.rule, policy.variant));
    if (named.some(({ state }) => state === 'broken') && !meant.some(({ state }) => state === 'ok'))
      return [this.#differs(expected, '', `policy ${name} is broken`)];
    if (meant.length === 0) return [this.#differs(expected, '', `policy ${name} has no rule ${expected.rule}`)];
    // As there: a name that nothing bears leaves all of them.
    const found = resources.filter((resource) => isNamed(expected, resource));
    return (found.length === 0 ? resources : found).map((resource) => this.#held(expected, resource, named, world));
  }

  /** As there: what a policy says nothing of is excluded, and that is as good as any result. */
  #held(expected: ExpectedResult, resource: Resource, guardrails: readonly Guardrail[], world: World): SuiteCaseResult {
    const shell = this.#shell(expected, resource);
    const verdicts = guardrails.flatMap((guardrail) =>
      evaluateResource(resource, [guardrail], world).map((verdict) => ({ guardrail, verdict })),
    );
    const meant = verdicts.filter(({ guardrail: { policy } }) => isMeant(expected, policy.rule, policy.variant));
    const differences = meant.flatMap(({ verdict, guardrail }) => {
      const why = verdict.reason ?? verdict.violations.map(({ message }) => message).join('; ');
      const result = reportedResult(verdict, guardrail);
      if (result === expected.result) return [];
      const said = why === '' ? '' : ` (${why})`;
      return result === null ? [`cannot be told${said}`] : [`is ${result}${said}, expected ${expected.result}`];
    });
    const messages = meant.flatMap(({ verdict }) => verdict.violations.map(({ message }) => message));
    return { ...shell, outcome: meant[0]?.verdict.outcome ?? 'none', messages, differences };
  }

  #differs(expected: ExpectedResult, kind: string, difference: string): SuiteCaseResult {
    return { ...this.#shell(expected, null), kind, outcome: 'none', messages: [], differences: [difference] };
  }

  #shell({ policy, rule, result }: ExpectedResult, resource: Resource | null) {
    const of = rule === '' ? policy : `${policy}/${rule}`;
    const where = resource === null ? '' : ` on ${resource.scope === null ? '' : `${resource.scope}/`}${resource.name}`;
    return { guardrail: this.#name, case: `${of}${where}: ${result}`, kind: resource?.kind ?? '' };
  }

  async #world(resources: readonly Resource[], kinds: FileKinds): Promise<World> {
    const { context, variables, values, globalContextEntries } = this.#test;
    const contexts = (context === undefined ? [] : await this.#objects([context])).flatMap((object) => {
      const reading = readStrictly(documentOf(object), contextSchema);
      this.#problems.push(...reading.faults.map(testFault));
      return reading.value?.spec ?? [];
    });
    const told = contexts.flatMap((one) => one.resources.map((body) => resourceOf(body, null, kinds)));
    const images = new Map(contexts.flatMap(({ images }) => images.map((one) => [one.image, one] as const)));
    const all = values === undefined ? [] : [values];
    for (const object of variables === undefined ? [] : await this.#objects([variables])) {
      const reading = readStrictly(documentOf(object), valuesSchema);
      this.#problems.push(...reading.faults.map(testFault));
      if (reading.value !== null) all.push(reading.value);
    }
    const namespaces = all.flatMap(({ namespaces: whole, namespaceSelector }) => [
      ...whole.map((body) => resourceOf({ ...body, apiVersion: 'v1', kind: 'Namespace' }, null)),
      ...namespaceSelector.map((metadata) => resourceOf({ apiVersion: 'v1', kind: 'Namespace', metadata }, null)),
    ]);
    const entries = new Map<string, readonly JsonObject[]>();
    for (const { name, resources: inline = [], resourceFiles = [] } of globalContextEntries)
      entries.set(name, [...inline, ...(await this.#objects(resourceFiles)).map(({ body }) => body)]);
    return testWorld({ resources: [...resources, ...told], namespaces, test: this.#test, images, entries, kinds });
  }

  /** What files say that a cluster has: objects, and ClusterResources that hold some. */
  async #inCluster(objects: readonly FileObject[]): Promise<readonly FileObject[]> {
    const found: FileObject[] = [];
    for (const object of objects) {
      if (!isTestGroup(object.apiVersion)) {
        found.push(object);
        continue;
      }
      const reading = readStrictly(documentOf(object), clusterResourceSchema);
      this.#problems.push(...reading.faults.map(testFault));
      const { resources = [], crds = [] } = reading.value?.spec ?? {};
      found.push(...(await this.#objects(crds)));
      for (const body of resources) {
        const text = (key: string): string => (typeof body[key] === 'string' ? body[key] : '');
        found.push({ ...object, body, apiVersion: text('apiVersion'), kind: text('kind') });
      }
    }
    return found;
  }

  /** The objects of files and folders beside the test. */
  async #objects(files: readonly string[]): Promise<readonly FileObject[]> {
    const { objects, problems } = await objectsIn(files.map((file) => join(this.#folder, file)));
    this.#problems.push(...problems);
    return objects;
  }

  #fault(code: ErrorCode, path: FieldPath, message: string): Problem {
    return documentFault(this.#document, code, path, message);
  }
}

/** A result without a rule is about all of them; rules that autogen made go by the one that they are made of. */
function isMeant({ rule }: ExpectedResult, of: string | null, variant: string | null): boolean {
  if (rule === '' || of === null) return true;
  const name = variant ?? of;
  return [rule, `autogen-${rule}`, `autogen-cronjob-${rule}`].includes(name);
}

function isNamed({ resources, resourceSpecs }: ExpectedResult, { name, scope, apiVersion }: Resource): boolean {
  return (
    resources.some((wanted) => wanted === name || wanted === `${scope ?? ''}/${name}`) ||
    resourceSpecs.some(
      (spec) =>
        spec.name === name &&
        spec.namespace === (scope ?? '') &&
        apiVersion === (spec.group === '' ? spec.version : `${spec.group}/${spec.version}`),
    )
  );
}

function failed(problems: readonly Problem[]): SuiteRun {
  return { results: [], problems };
}
