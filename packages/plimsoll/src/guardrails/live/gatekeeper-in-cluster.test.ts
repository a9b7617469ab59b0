import { TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { config, constraint, template } from '../formats/gatekeeper/gatekeeper.fixture.ts';
import { defineKind, guardedCluster } from './guarded-cluster.fixture.ts';

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

const services = { kinds: [{ apiGroups: [''], kinds: ['Service'] }] };

describe.skipIf(cluster === undefined)("a watched cluster's Gatekeeper", () => {
  beforeAll(async () => {
    await defineKind(cluster, {
      group: 'templates.gatekeeper.sh',
      version: 'v1',
      kind: 'ConstraintTemplate',
      plural: 'constrainttemplates',
      scope: 'Cluster',
      subresources: { status: {} },
    });
    await defineKind(cluster, {
      group: 'constraints.gatekeeper.sh',
      version: 'v1beta1',
      kind: 'Labelled',
      plural: 'labelled',
      scope: 'Cluster',
      subresources: { status: {} },
    });
    await defineKind(cluster, {
      group: 'config.gatekeeper.sh',
      version: 'v1alpha1',
      kind: 'Config',
      plural: 'configs',
      scope: 'Namespaced',
      subresources: { status: {} },
    });
  });

  it('judges by its templates and constraints as they come, change and go', async () => {
    await at().soon(paths.templates, template());
    await at().service('web', { app: 'web' });
    await at().service('bare');
    await at().start(types);
    await at().live('core/services', 'templates.gatekeeper.sh/constrainttemplates');
    expect(await at().open()).toEqual([]);
    await at().soon(paths.constraints, constraint({ match: services }));
    await at().opens(['labelled bare fail']);
    await at().patch(`${paths.constraints}/c`, { spec: { parameters: { labels: ['owner'] } } });
    await at().opens(['labelled bare fail', 'labelled web fail']);
    await at().patch(`${paths.constraints}/c`, { spec: { match: { namespaces: ['other-*'] } } });
    await at().opens([]);
    await at().patch(`${paths.constraints}/c`, { spec: { match: { namespaces: [`${at().namespace.slice(0, 3)}*`] } } });
    await at().opens(['labelled bare fail', 'labelled web fail']);
    const excluded = { processes: ['*'], excludedNamespaces: [at().namespace] };
    await at().soon(paths.configs, { ...config(excluded), metadata: { name: 'config', namespace: 'default' } });
    await at().opens([]);
    await at().remove(`${paths.configs}/config`);
    await at().opens(['labelled bare fail', 'labelled web fail']);
    await at().remove(`${paths.constraints}/c`);
    await at().opens([]);
  });

  it('judges nothing anew for what its audit writes into the status of a constraint', async () => {
    await at().soon(paths.templates, template());
    await at().soon(paths.constraints, constraint({ match: services }));
    await at().service('bare');
    await at().start(types);
    await at().opens(['labelled bare fail']);
    await at().settled();
    const judged = at().judged;
    await at().patch(`${paths.constraints}/c/status`, { status: { totalViolations: 1, auditTimestamp: 'now' } });
    await at().patch(`${paths.templates}/labelled/status`, { status: { created: true } });
    await at().service('last');
    await at().opens(['labelled bare fail', 'labelled last fail']);
    expect(at().judged - judged).toBe(1);
  });
});
