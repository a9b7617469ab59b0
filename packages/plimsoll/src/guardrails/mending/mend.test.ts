import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../model/json.ts';
import { patched } from '../../model/json-patch.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { Evaluator, evaluateResource } from '../evaluate/evaluator.ts';
import { emptyWorld } from '../empty-world.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import { mend } from './mend.ts';

function guardrailOf(validations: readonly JsonObject[], spec: JsonObject = {}) {
  const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
  const body = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Guardrail',
    metadata: { name: 'g' },
    spec: { ...(spec['appliesTo'] === undefined ? { matchConstraints: { resourceRules } } : {}), validations, ...spec },
  };
  return guardrailsOf(readPolicyDocument({ source: 'files', origin: 'files', body, place: null }), () => newestDialect)
    .guardrails;
}

const pod = (spec: JsonObject, metadata: JsonObject = {}) =>
  resourceOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', ...metadata }, spec });

/** The patch that is shown, as `op path value`; null where none is. */
function mended(expression: string, resource: ReturnType<typeof pod>, message = 'bad', spec: JsonObject = {}) {
  const guardrails = guardrailOf([{ expression, message }], spec);
  const [verdict] = evaluateResource(resource, guardrails, emptyWorld);
  expect(verdict).toMatchObject({ outcome: 'fail' });
  if (verdict === undefined) return null;
  const patch = mend(resource, verdict, new Evaluator(guardrails, emptyWorld));
  return (
    patch?.map((one) => [one.op, one.path, ...('value' in one ? [JSON.stringify(one.value)] : [])].join(' ')) ?? null
  );
}

const containers = (...all: JsonObject[]): JsonObject => ({
  containers: all.map((one, at) => ({ name: `c${at}`, image: 'a', ...one })),
});

describe('the smallest edit', () => {
  it.each([
    [
      'turns a truth round',
      '!object.spec.?hostNetwork.orValue(false)',
      { hostNetwork: true },
      ['replace /spec/hostNetwork false'],
    ],
    [
      'sets what is missing, with what is missing above it',
      'object.spec.containers.all(c, c.?securityContext.?runAsNonRoot.orValue(false))',
      containers({}),
      ['add /spec/containers/0/securityContext {"runAsNonRoot":true}'],
    ],
    [
      'is of each element that is wrong, and of no other',
      'object.spec.containers.all(c, !c.?securityContext.?privileged.orValue(false))',
      containers({ securityContext: { privileged: true } }, {}, { securityContext: { privileged: true } }),
      [
        'replace /spec/containers/0/securityContext/privileged false',
        'replace /spec/containers/2/securityContext/privileged false',
      ],
    ],
    [
      'is what a field is compared with',
      "object.spec.?dnsPolicy.orValue('') in ['ClusterFirst', 'None']",
      { dnsPolicy: 'Default' },
      ['replace /spec/dnsPolicy "ClusterFirst"'],
    ],
    ['is the bound of a number', 'object.spec.grace <= 30', { grace: 60 }, ['replace /spec/grace 30']],
    ['is the next number', 'object.spec.grace < 30', { grace: 60 }, ['replace /spec/grace 29']],
    [
      'adds what a list has to hold',
      "object.spec.containers.all(c, 'ALL' in c.securityContext.capabilities.drop)",
      containers({ securityContext: { capabilities: { drop: ['KILL'] } } }),
      ['add /spec/containers/0/securityContext/capabilities/drop/- "ALL"'],
    ],
    [
      'takes away what a list may not hold',
      "object.spec.containers.all(c, !('SYS_ADMIN' in c.securityContext.capabilities.add))",
      containers({ securityContext: { capabilities: { add: ['KILL', 'SYS_ADMIN'] } } }),
      ['remove /spec/containers/0/securityContext/capabilities/add/1'],
    ],
    [
      'takes all of them away',
      "object.spec.containers.all(c, !c.securityContext.capabilities.add.exists(a, a in ['SYS_ADMIN', 'SYS_PTRACE']))",
      containers({ securityContext: { capabilities: { add: ['KILL', 'SYS_ADMIN', 'SYS_PTRACE', 'CHOWN'] } } }),
      [
        'remove /spec/containers/0/securityContext/capabilities/add/1',
        'remove /spec/containers/0/securityContext/capabilities/add/1',
      ],
    ],
    [
      'is none where what has to be there may be anything',
      'object.spec.containers.all(c, has(c.resources.limits.memory))',
      containers({ resources: { limits: { cpu: '1' } } }),
      null,
    ],
    ['is none where a text only has to look like something', "object.spec.x.contains('@sha256:')", { x: 'a' }, null],
    ['never renames', "object.metadata.name == 'other'", {}, null],
    ['takes no container away', 'object.spec.containers.size() < 2', containers({}, {}), null],
    ['is none in the status', 'object.?status.?ready.orValue(false) == true', {}, null],
    ['is none where nothing holds', 'false', {}, null],
  ])('%s', (_, expression, spec, patch) => {
    expect(mended(expression, pod(spec))).toEqual(patch);
  });

  it('is what the message says, where several would do', () => {
    const either = "object.spec.?a.orValue('x') == 'y' || object.spec.?b.orValue('x') == 'y'";
    const spec = { a: 'x', b: 'x' };
    expect(mended(either, pod(spec), 'Set b to y')).toEqual(['replace /spec/b "y"']);
    expect(mended(either, pod(spec), 'Set a to y')).toEqual(['replace /spec/a "y"']);
  });

  it('takes the value that the message says, where the expressions say none', () => {
    const present = 'has(object.spec.ttl)';
    expect(mended(present, pod({}), 'The Job stays. Set spec.ttl, to 86400 for a day')).toEqual([
      'add /spec/ttl 86400',
    ]);
    expect(mended(present, pod({}), 'Set ttl to "5m"')).toEqual(['add /spec/ttl "5m"']);
    expect(mended(present, pod({}), 'Set ttl')).toBeNull();
    const labelled = "has(object.metadata.labels) && 'example.com/team' in object.metadata.labels";
    const labels = { app: 'web' };
    expect(mended(labelled, pod({}, { labels }), 'Set the label example.com/team to core')).toEqual([
      'add /metadata/labels/example.com~1team "core"',
    ]);
  });

  it('takes away what the message would have left out', () => {
    const free = '!has(object.spec.nodeName)';
    expect(mended(free, pod({ nodeName: 'a' }), 'Tied to a node. Remove nodeName')).toEqual(['remove /spec/nodeName']);
    expect(mended(free, pod({ nodeName: 'a' }), 'Leave spec.nodeName out')).toEqual(['remove /spec/nodeName']);
    expect(mended(free, pod({ nodeName: 'a' }), 'Tied to a node')).toBeNull();
  });

  it('gives a command line the flag that the message names', () => {
    const flagged = "object.spec.containers.all(c, '--profiling=false' in c.command)";
    expect(mended(flagged, pod(containers({ command: ['kube-apiserver'] })), 'Set --profiling=false')).toEqual([
      'add /spec/containers/0/command/- "--profiling=false"',
    ]);
    const other = pod(containers({ command: ['kube-apiserver', '--profiling=true'] }));
    expect(mended(flagged, other, 'Set --profiling=false')).toEqual([
      'replace /spec/containers/0/command/1 "--profiling=false"',
    ]);
  });

  it('leaves what a workload does as it is, but where the message names it', () => {
    expect(mended('object.spec.replicas < 2', pod({ replicas: 3 }), 'no budget')).toBeNull();
    expect(mended('object.spec.replicas < 2', pod({ replicas: 3 }), 'Set replicas to 1')).toEqual([
      'replace /spec/replicas 1',
    ]);
  });

  it('of a template is an edit of what holds it', () => {
    const deployment = resourceOf({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { template: { spec: { hostPID: true } } },
    });
    const spec = { appliesTo: 'podTemplates' };
    expect(mended('!object.spec.?hostPID.orValue(false)', deployment, 'bad', spec)).toEqual([
      'replace /spec/template/spec/hostPID false',
    ]);
  });

  it('does not have the guardrail look elsewhere', () => {
    const matchConditions = [{ name: 'guarded', expression: 'object.spec.guarded == true' }];
    const expression = 'object.spec.guarded == false || object.spec.x.contains("b")';
    expect(mended(expression, pod({ guarded: true, x: 'a' }), 'bad', { matchConditions })).toBeNull();
  });

  it('makes all hold that is wrong, with one operation for each field, whatever is wrong', () => {
    const demands: Record<string, { readonly expression: string; readonly good: Json; readonly bad: Json }> = {
      flag: { expression: 'object.spec.flag == true', good: true, bad: false },
      off: { expression: '!object.spec.off', good: false, bad: true },
      word: { expression: "object.spec.word in ['a', 'b']", good: 'b', bad: 'z' },
      atLeast: { expression: 'object.spec.atLeast >= 3', good: 4, bad: 1 },
      atMost: { expression: 'object.spec.atMost < 3', good: 2, bad: 9 },
      holds: { expression: "'x' in object.spec.holds", good: ['x'], bad: ['y'] },
      lacks: { expression: "!('x' in object.spec.lacks)", good: ['y'], bad: ['x', 'y'] },
    };
    const names = Object.keys(demands);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), fc.boolean(), (wrong, together) => {
        const spec = Object.fromEntries(
          names.map((name) => [name, (wrong.includes(name) ? demands[name]?.bad : demands[name]?.good) ?? null]),
        );
        const expressions = names.map((name) => demands[name]?.expression ?? '');
        const guardrails = guardrailOf(
          together ? [{ expression: expressions.join(' && ') }] : expressions.map((expression) => ({ expression })),
        );
        const resource = pod(spec);
        const [verdict] = evaluateResource(resource, guardrails, emptyWorld);
        const patch = verdict === undefined ? null : mend(resource, verdict, new Evaluator(guardrails, emptyWorld));
        const body = patched(resource.body, patch ?? []) ?? {};
        expect(evaluateResource({ ...resource, body }, guardrails, emptyWorld)).toMatchObject([{ outcome: 'pass' }]);
        expect(patch?.map(({ path }) => path.split('/')[2]).toSorted()).toEqual(wrong.toSorted());
      }),
      { numRuns: 50 },
    );
  });
});
