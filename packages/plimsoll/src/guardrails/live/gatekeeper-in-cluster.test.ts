import { TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { eventually } from '../../sources/kubernetes/watched-cluster.fixture.ts';
import { config, constraint, template } from '../formats/gatekeeper/gatekeeper.fixture.ts';
import { guardedCluster } from './guarded-cluster.fixture.ts';

// Its own: constraints are cluster-scoped, and so are the definitions of their kinds.
const cluster = await testClusterOrSkip(() => TestCluster.start());
afterAll(async () => await cluster?.stop());
const at = guardedCluster(cluster);
const types = [
  'core/services',
  'templates.gatekeeper.sh/constrainttemplates',
  'constraints.gatekeeper.sh/labelled',
  'config.gatekeeper.sh/configs',
];
const paths = {
  templates: '/apis/templates.gatekeeper.sh/v1/constrainttemplates',
  constraints: '/apis/constraints.gatekeeper.sh/v1beta1/labelled',
  configs: '/apis/config.gatekeeper.sh/v1alpha1/namespaces/default/configs',
};

/** What Gatekeeper installs, and what it makes of a template: the definition of a kind. */
async function define(group: string, version: string, kind: string, plural: string, scope: string): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const served = { name: version, served: true, storage: true, schema, subresources: { status: {} } };
  const names = { kind, plural, singular: kind.toLowerCase() };
  await cluster?.admin.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, names, scope, versions: [served] },
  });
}

/** Creates what is served in a moment: its definition was made just now. */
const soon = async (path: string, body: JsonObject) =>
  await eventually(`${path} is served`, async () => {
    await at().create(path, body);
    return true;
  });

const service = (name: string, labels: JsonObject = {}) =>
  at().create(`/api/v1/namespaces/${at().namespace}/services`, {
    metadata: { name, labels },
    spec: { ports: [{ port: 80 }] },
  });
const services = { kinds: [{ apiGroups: [''], kinds: ['Service'] }] };

describe.skipIf(cluster === undefined)("a watched cluster's Gatekeeper", () => {
  beforeAll(async () => {
    await define('templates.gatekeeper.sh', 'v1', 'ConstraintTemplate', 'constrainttemplates', 'Cluster');
    await define('constraints.gatekeeper.sh', 'v1beta1', 'Labelled', 'labelled', 'Cluster');
    await define('config.gatekeeper.sh', 'v1alpha1', 'Config', 'configs', 'Namespaced');
  });

  it('judges by its templates and constraints as they come, change and go', async () => {
    await soon(paths.templates, template());
    await service('web', { app: 'web' });
    await service('bare');
    await at().start(types);
    await at().live('core/services', 'templates.gatekeeper.sh/constrainttemplates');
    expect(await at().open()).toEqual([]);
    await soon(paths.constraints, constraint({ match: services }));
    await at().opens(['labelled bare fail']);
    await at().patch(`${paths.constraints}/c`, { spec: { parameters: { labels: ['owner'] } } });
    await at().opens(['labelled bare fail', 'labelled web fail']);
    await at().patch(`${paths.constraints}/c`, { spec: { match: { namespaces: ['other-*'] } } });
    await at().opens([]);
    await at().patch(`${paths.constraints}/c`, { spec: { match: { namespaces: [`${at().namespace.slice(0, 3)}*`] } } });
    await at().opens(['labelled bare fail', 'labelled web fail']);
    const excluded = { processes: ['*'], excludedNamespaces: [at().namespace] };
    await soon(paths.configs, { ...config(excluded), metadata: { name: 'config', namespace: 'default' } });
    await at().opens([]);
    await at().remove(`${paths.configs}/config`);
    await at().opens(['labelled bare fail', 'labelled web fail']);
    await at().remove(`${paths.constraints}/c`);
    await at().opens([]);
  });

  it('judges nothing anew for what its audit writes into the status of a constraint', async () => {
    await soon(paths.templates, template());
    await soon(paths.constraints, constraint({ match: services }));
    await service('bare');
    await at().start(types);
    await at().opens(['labelled bare fail']);
    const judged = at().judged;
    await at().patch(`${paths.constraints}/c/status`, { status: { totalViolations: 1, auditTimestamp: 'now' } });
    await at().patch(`${paths.templates}/labelled/status`, { status: { created: true } });
    await service('last');
    await at().opens(['labelled bare fail', 'labelled last fail']);
    expect(at().judged - judged).toBe(1);
  });
});
