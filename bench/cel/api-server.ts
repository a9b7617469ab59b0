import { setTimeout as delay } from 'node:timers/promises';
import * as cel from '@plimsoll/cel';
import { type ApiObject, ApiError, TestCluster } from '../../packages/testcluster/src/index.ts';
import { type Figure, figure } from '../figures.ts';
import { usageOf } from '../measured-process.ts';
import { realisticPod } from '../pods.ts';
import type { Check } from './checks.ts';
import { cpuMicroseconds } from './cpu-time.ts';
import { holder, judgeOf, modes, typedHolder } from './ours.ts';

const ROUNDS = 5;
const REQUESTS = 150;
/** Every check this many times, each with variables of its own. */
const COPIES = 4;
const TURNS = 2_000;
const TIMES_LESS = 20;
const ACTIVE_WITHIN_MS = 30_000;
const admissionApi = '/apis/admissionregistration.k8s.io/v1';
const podsPath = '/api/v1/namespaces/default/pods?dryRun=All';

/**
 * What one more validation in a policy takes the API server, by the CPU time of its process over dry-run creates of one
 * pod with one validation and with many, and what it takes us.
 */
export async function againstApiServer(
  checks: readonly Check[],
  podType: cel.Type,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  log('starting an API server');
  const cluster = await TestCluster.start();
  try {
    const many = policySpec(checks);
    const count = many.validations.length;
    await apply(cluster, 'one', { variables: [], validations: many.validations.slice(-1) });
    await apply(cluster, 'many', many);
    // The data store comes first.
    const pid = cluster.pids[1] ?? 0;
    const theirs: number[] = [];
    for (let round = -1; round < ROUNDS; round += 1) {
      log(`API server, round ${round + 1} of ${ROUNDS}`);
      const [one, all] = [await cpuOf(cluster, pid, 'one'), await cpuOf(cluster, pid, 'many')];
      if (round >= 0) theirs.push(((all - one) * 1000) / REQUESTS / (count - 1));
    }
    const pod = podOf('passing');
    const rows = modes.flatMap(({ name, options, typed }) => {
      const hold = typed ? typedHolder(cel, podType) : holder(cel);
      const judges = checks.map((check) => judgeOf(hold(check, options)));
      const validations = checks.flatMap((check) => check.validations).length;
      const turn = (): number => {
        const spent = cpuMicroseconds(() => {
          for (let i = 0; i < TURNS; i += 1)
            if (!judges.every((judge) => judge(pod))) throw new Error('the pod does not pass');
        });
        return spent / TURNS / validations;
      };
      turn(); // warms up
      const ours = theirs.map(turn);
      const times = theirs.map((time, round) => time / (ours[round] ?? Number.NaN));
      return [
        figure(`a validation, ${name}, µs`, 'lower', ours),
        figure(`a validation: API server / ${name}`, 'higher', times, TIMES_LESS),
      ];
    });
    return [figure('a validation, API server, µs', 'lower', theirs), ...rows];
  } finally {
    await cluster.stop();
  }
}

interface PolicySpec {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly { readonly expression: string }[];
}

/** All checks in one policy, and at its end one that tells by a refusal that the policy is in force. */
function policySpec(checks: readonly Check[]): PolicySpec {
  const copies = Array.from({ length: COPIES }, (_, copy) =>
    checks.map(({ variables, validations }, i) => {
      const own = (text: string): string => text.replaceAll(/\bvariables\.(\w+)/g, `variables.c${copy}x${i}$1`);
      return {
        variables: variables.map(({ name, expression }) => ({
          name: `c${copy}x${i}${name}`,
          expression: own(expression),
        })),
        validations: validations.map((expression) => ({ expression: own(expression) })),
      };
    }),
  ).flat();
  return {
    variables: copies.flatMap(({ variables }) => variables),
    validations: [
      ...copies.flatMap(({ validations }) => validations),
      { expression: "object.metadata.name != 'refused'" },
    ],
  };
}

/** Creates a policy on pods of its label and waits until it is in force. */
async function apply(cluster: TestCluster, name: string, spec: PolicySpec): Promise<void> {
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
  const matchConstraints = { resourceRules, objectSelector: { matchLabels: { bench: name } } };
  await cluster.admin.create(`${admissionApi}/validatingadmissionpolicies`, {
    metadata: { name },
    spec: { ...spec, matchConstraints },
  });
  await cluster.admin.create(`${admissionApi}/validatingadmissionpolicybindings`, {
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  });
  const until = Date.now() + ACTIVE_WITHIN_MS;
  while (!(await isRefused(cluster, labelled('refused', name)))) {
    if (Date.now() > until) throw new Error(`the policy ${name} did not come into force`);
    await delay(100);
  }
}

async function isRefused(cluster: TestCluster, pod: ApiObject): Promise<boolean> {
  try {
    await cluster.admin.create(podsPath, pod);
    return false;
  } catch (error) {
    if (error instanceof ApiError && error.status === 422) return true;
    throw error;
  }
}

/** Milliseconds of the server's CPU for the requests of one round. */
async function cpuOf(cluster: TestCluster, pid: number, policy: string): Promise<number> {
  const pod = labelled('passing', policy);
  const before = usageOf(pid)?.cpuMs ?? 0;
  for (let i = 0; i < REQUESTS; i += 1) await cluster.admin.create(podsPath, pod);
  return (usageOf(pid)?.cpuMs ?? 0) - before;
}

function labelled(name: string, bench: string): ApiObject {
  const pod = podOf(name);
  return { ...pod, metadata: { ...(pod['metadata'] as ApiObject), labels: { ...labelsOf(pod), bench } } };
}

function labelsOf(pod: ApiObject): ApiObject {
  return (pod['metadata'] as ApiObject)['labels'] as ApiObject;
}

/** A pod as it is sent, which passes every check. */
function podOf(name: string): ApiObject {
  const { metadata, spec, ...kind }: ApiObject = realisticPod(1);
  const { labels, annotations } = metadata as ApiObject;
  const { nodeName: _node, ...free } = spec as ApiObject;
  return {
    apiVersion: kind['apiVersion'] as string,
    kind: kind['kind'] as string,
    metadata: { name, labels, annotations },
    spec: free,
  };
}
