import { setTimeout as delay } from 'node:timers/promises';
import { type ApiObject, type ClusterAccess, exactJson, testUsers } from '@plimsoll/testcluster';
import { Agent, errors, request } from 'undici';

const GROUP = 'conformance.plimsoll.dev';
const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const SAMPLES = `/apis/${GROUP}/v1/samples`;
const IN_FORCE_WITHIN_MS = 600_000;
/** Little enough that a server on a busy machine gets to compile the policies in between. */
const ASK_AGAIN_MS = 150;
/** Said by the first and by the last validation of each policy. */
const BEGINS = 'begins';
const ENDS = 'ends';

/** The server broke off without an answer: something panicked in it. */
export class BrokeOff extends Error {}

/** What a policy asks. */
export interface Probe {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly Validation[];
}

/** True says nothing, false its message. */
export interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
}

/** An object that the server keeps, as its policies see it. */
export interface Sample {
  readonly name: string;
  /** Null where it is deleted: `object` is then null. */
  readonly object: ApiObject | null;
}

/**
 * A real API server, whose cluster nobody else uses, as an oracle for CEL: ValidatingAdmissionPolicies with the action Warn on objects of a type without
 * a schema, asked by dry runs that change nothing. Each policy has a user of its own, as whom it is asked, so that the
 * same object serves them all. The server cuts warnings beyond 4,096 characters (apiserver
 * pkg/endpoints/filters/warning.go): the last validation of each policy is false, so that a cut is seen.
 */
export class PolicyServer {
  readonly #cluster: ClusterAccess;
  readonly #agent: Agent;
  #count = 0;

  private constructor(cluster: ClusterAccess) {
    this.#cluster = cluster;
    this.#agent = new Agent({ connect: { ca: cluster.ca }, allowH2: false, maxHeaderSize: 1 << 18 });
  }

  /** Makes the type of the samples. */
  static async open(cluster: ClusterAccess): Promise<PolicyServer> {
    const server = new PolicyServer(cluster);
    await cluster.admin.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', sampleDefinition);
    const until = Date.now() + IN_FORCE_WITHIN_MS;
    while ((await server.#call('GET', SAMPLES)).status !== 200) {
      if (Date.now() > until) throw new Error('the type of the samples was not served');
      await delay(ASK_AGAIN_MS);
    }
    return server;
  }

  /** Keeps an object on the server: what it holds, and what every object there has. */
  async keep(content: ApiObject): Promise<Sample> {
    const name = `sample-${this.#count++}`;
    const labelled = { ...content['metadata'], name };
    const body = { ...content, apiVersion: `${GROUP}/v1`, kind: 'Sample', metadata: labelled };
    const { status, text } = await this.#call('POST', SAMPLES, body);
    if (status !== 201) throw new Error(`a sample was refused: ${text}`);
    const { metadata } = JSON.parse(text) as ApiObject;
    return { name, object: { ...body, metadata } };
  }

  /** A sample whose `object` is null: one that is deleted. */
  async keepNull(): Promise<Sample> {
    return { ...(await this.keep({})), object: null };
  }

  /** The server's version as `1.36`, and in full. */
  async version(): Promise<{ readonly minor: string; readonly full: string }> {
    const { major, minor, gitVersion } = JSON.parse((await this.#call('GET', '/version')).text) as ApiObject;
    return { minor: `${major}.${minor}`, full: String(gitVersion) };
  }

  /**
   * Of a policy that is not made: the reason against each variable that is refused, by its index.
   * @throws {BrokeOff}
   */
  async refusals(probe: Probe): Promise<ReadonlyMap<number, string>> {
    return refused(await this.#call('POST', `${POLICIES}?dryRun=All`, this.#policy('never', probe)));
  }

  /**
   * Makes a policy; gives its name, or where it was refused the reason against each variable.
   * @throws {BrokeOff}
   */
  async install(probe: Probe): Promise<string | ReadonlyMap<number, string>> {
    const name = `p${this.#count++}`;
    const answer = await this.#call('POST', POLICIES, this.#policy(name, probe));
    if (answer.status !== 201) return refused(answer);
    await this.#cluster.admin.create(BINDINGS, {
      metadata: { name },
      spec: { policyName: name, validationActions: ['Warn'] },
    });
    return name;
  }

  async remove(name: string): Promise<void> {
    await this.#call('DELETE', `${BINDINGS}/${name}`);
    await this.#call('DELETE', `${POLICIES}/${name}`);
  }

  /** What a policy says about a sample, in the order of its validations; null where the server cut it. */
  async warnings(policy: string, sample: Sample): Promise<readonly string[] | null> {
    const until = Date.now() + IN_FORCE_WITHIN_MS;
    for (;;) {
      const said = await this.#warned(policy, sample);
      if (said.at(0) === BEGINS) return said.at(-1) === ENDS ? said.slice(1, -1) : null;
      if (Date.now() > until) throw new Error(`${policy} did not come into force; it says ${said.join('; ')}`);
      await delay(ASK_AGAIN_MS);
    }
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #warned(policy: string, { name, object }: Sample): Promise<readonly string[]> {
    const path = `${SAMPLES}/${name}?dryRun=All`;
    const answer =
      object === null
        ? await this.#call('DELETE', path, undefined, policy)
        : await this.#call('PUT', path, object, policy);
    if (answer.status !== 200) throw new Error(`asking ${policy} about ${name}: ${answer.status} ${answer.text}`);
    const prefix = `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${policy}': `;
    return answer.warnings.map((text) => text.replace(prefix, ''));
  }

  #policy(name: string, { variables, validations }: Probe): ApiObject {
    const says = (text: string): object => ({ expression: 'false', message: text });
    return {
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [GROUP], apiVersions: ['v1'], operations: ['UPDATE', 'DELETE'], resources: ['samples'] },
          ],
        },
        matchConditions: [{ name: 'asked', expression: `request.userInfo.username == '${name}'` }],
        variables,
        validations: [says(BEGINS), ...validations, says(ENDS)],
      },
    };
  }

  async #call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, user?: string): Promise<Reply> {
    const answer = await request(this.#cluster.url + path, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${testUsers.admin.token}`,
        accept: 'application/json',
        'content-type': 'application/json',
        // Who changes an object is written into it: always the same.
        'user-agent': 'conformance',
        ...(user === undefined ? {} : { 'impersonate-user': user, 'impersonate-group': 'system:masters' }),
      },
      ...(body === undefined ? {} : { body: exactJson(body) }),
    }).catch((error: unknown) => {
      throw brokeOff(error) ? new BrokeOff(`${method} ${path}`, { cause: error }) : error;
    });
    const { statusCode: status, headers } = answer;
    return { status, text: await answer.body.text(), warnings: warningsOf(headers['warning']) };
  }
}

function brokeOff(error: unknown): boolean {
  return (
    error instanceof errors.SocketError || (error instanceof Error && 'code' in error && error.code === 'ECONNRESET')
  );
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Each is `299 - "text"` with escapes; Node reads headers as latin1, the server wrote UTF-8. */
function warningsOf(header: string | readonly string[] | undefined): readonly string[] {
  return [header ?? []]
    .flat()
    .flatMap((text) =>
      Buffer.from(text, 'latin1')
        .toString('utf8')
        .split(/, (?=299 - ")/),
    )
    .map((text) => text.replace(/^299 - "(.*)"$/s, '$1').replaceAll(/\\(["\\])/g, '$1'));
}

/** @throws where a policy is refused for anything but its variables. */
function refused({ status, text }: Reply): ReadonlyMap<number, string> {
  const causes = (JSON.parse(text) as ApiObject)['details']?.causes ?? [];
  const found = new Map<number, string>();
  for (const { field, message } of causes as readonly { readonly field: string; readonly message: string }[]) {
    const index = /^spec\.variables\[(\d+)\]\.expression$/.exec(field)?.[1];
    if (index === undefined) throw new Error(`a policy was refused: ${field}: ${message}`);
    found.set(Number(index), message);
  }
  if (status >= 300 && found.size === 0) throw new Error(`a policy was refused: ${text}`);
  return found;
}

const sampleDefinition = {
  metadata: { name: `samples.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Cluster',
    names: { plural: 'samples', singular: 'sample', kind: 'Sample', listKind: 'SampleList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
