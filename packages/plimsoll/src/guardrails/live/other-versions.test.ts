import { sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { eventually } from '../../sources/kubernetes/watched-cluster.fixture.ts';
import { guardedCluster } from './guarded-cluster.fixture.ts';

const cluster = await sharedTestCluster();
const at = guardedCluster(cluster);
const hpaType = 'autoscaling/horizontalpodautoscalers';

const rules = (group: string, version: string, resource: string): JsonObject => ({
  resourceRules: [{ apiGroups: [group], apiVersions: [version], operations: ['CREATE'], resources: [resource] }],
});

/** Holds of HPAs as autoscaling/v1 has them, which v2 does not: the CPU target is a field of the spec there. */
const below = (percentage: number): JsonObject => ({
  matchConstraints: rules('autoscaling', 'v1', 'horizontalpodautoscalers'),
  validations: [
    {
      expression: `object.apiVersion == 'autoscaling/v1' && object.spec.targetCPUUtilizationPercentage < ${percentage}`,
    },
    { expression: "request.kind.version == 'v1' && request.requestKind.version == 'v2'" },
  ],
});

const autoscaler = (name: string, percentage: number) =>
  at().create(`/apis/autoscaling/v1/namespaces/${at().namespace}/horizontalpodautoscalers`, {
    metadata: { name },
    spec: {
      maxReplicas: 3,
      targetCPUUtilizationPercentage: percentage,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    },
  });

const requestsIn = (version: string) =>
  at().proxy.requests.filter((request) => new RegExp(`/apis/autoscaling/${version}/.*horizontal`).test(request));

describe.skipIf(cluster === undefined)('policies with matchPolicy Equivalent on another served version', () => {
  it('judge objects as the server gives them in that version, as they change, and over a restart', async () => {
    await autoscaler('calm', 50);
    await autoscaler('busy', 90);
    await at().policy('cpu', below(80));
    await at().bind('cpu');
    await at().start([hpaType]);
    await at().opens(['cpu busy fail']);
    await at().live(hpaType);
    await at().patch(at().path('horizontalpodautoscalers', 'busy', '/apis/autoscaling/v1'), {
      spec: { targetCPUUtilizationPercentage: 70 },
    });
    await at().opens([]);
    await autoscaler('new', 85);
    await at().opens(['cpu new fail']);
    await at().stop();
    at().proxy.requests.length = 0;
    await at().start([hpaType]);
    await at().live(hpaType, 'core/namespaces');
    await autoscaler('later', 95);
    await at().opens(['cpu later fail', 'cpu new fail']);
    // What is read may be a moment ahead of what is said (ADR 6).
    await eventually('something is said', async () => at().said().length > 0);
    expect(
      at()
        .said()
        .map(({ resource, state }) => `${resource.name} ${state}`),
    ).toEqual(['later open']);
    // What is stored with the resources is not read again: the one read is the new object's.
    expect(requestsIn('v1')).toEqual([`GET ${at().path('horizontalpodautoscalers', 'later', '/apis/autoscaling/v1')}`]);
  });

  it('are unknown with the reason where that version cannot be read, and judge once it can', async () => {
    await autoscaler('busy', 90);
    await at().policy('cpu', below(80));
    await at().bind('cpu');
    const allow = at().proxy.rule({
      match: { path: /\/apis\/autoscaling\/v1\// },
      fault: { kind: 'status', code: 403, reason: 'Forbidden', message: 'not in v1' },
    });
    await at().start([hpaType]);
    await at().opens(['cpu busy unknown']);
    await eventually('the reason', async () => /PLM1406.*not in v1/.test(at().said().at(-1)?.reason ?? ''));
    const parts = async () => (await at().store.coverage()).filter(({ type }) => type === `${hpaType}/autoscaling/v1`);
    expect(await parts()).toMatchObject([{ scope: at().namespace, state: 'forbidden' }]);
    allow();
    await at().opens(['cpu busy fail']);
    await eventually('nothing is unread', async () => (await parts()).length === 0);
  });

  it('judge CRDs in the version that they name, begun while it runs; with Exact they skip', async () => {
    const group = `${at().namespace}.example.com`;
    const version = (name: string, field: string, storage: boolean): JsonObject => ({
      name,
      served: true,
      storage,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { [field]: { type: 'integer' } } } },
        },
      },
    });
    await at().create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: `boats.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'boats', singular: 'boat', kind: 'Boat' },
        versions: [version('v1', 'draught', true), version('v1beta1', 'depth', false)],
      },
    });
    await at().start([`${group}/boats`, 'apiextensions.k8s.io/customresourcedefinitions']);
    await at().live(`${group}/boats`);
    await at().create(`/apis/${group}/v1/namespaces/${at().namespace}/boats`, {
      apiVersion: `${group}/v1`,
      kind: 'Boat',
      metadata: { name: 'plimsoll' },
      spec: { draught: 3 },
    });
    // As in admission: without a conversion the object is the same but for its version; a read would prune it.
    const validations = [{ expression: "object.apiVersion.endsWith('/v1') || !has(object.spec.draught)" }];
    await at().policy('equivalent', { matchConstraints: rules(group, 'v1beta1', 'boats'), validations });
    await at().bind('equivalent');
    const exact = { ...rules(group, 'v1beta1', 'boats'), matchPolicy: 'Exact' };
    await at().policy('exact', { matchConstraints: exact, validations: [{ expression: 'false' }] });
    await at().bind('exact');
    await at().opens(['equivalent plimsoll fail']);
    await at().remove(at().bindingPath('equivalent'));
    await at().opens([]);
    const boat = { source: 'prod', type: `${group}/boats`, scope: at().namespace, name: 'plimsoll' };
    await eventually('the form goes', async () => (await at().store.resource(boat))?.forms === undefined);
  });

  it('judge one storage in the other group that serves it', async () => {
    await at().policy('events', {
      matchConstraints: rules('events.k8s.io', 'v1', 'events'),
      validations: [{ expression: "has(object.note) && object.note != 'sinking'" }],
    });
    await at().bind('events');
    await at().start(['core/events']);
    await at().live('core/events');
    await at().create(`/api/v1/namespaces/${at().namespace}/events`, {
      metadata: { name: 'alarm', namespace: at().namespace },
      involvedObject: { kind: 'Pod', name: 'x', namespace: at().namespace },
      message: 'sinking',
    });
    await at().opens(['events alarm fail']);
    const alarm = { source: 'prod', type: 'core/events', scope: at().namespace, name: 'alarm' };
    const forms = (await at().store.resource(alarm))?.forms ?? [];
    expect(forms.map(({ apiVersion }) => apiVersion)).toEqual(['events.k8s.io/v1']);
  });
});
