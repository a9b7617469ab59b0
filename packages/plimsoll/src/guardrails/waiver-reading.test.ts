import { describe, expect, it } from 'vitest';
import { objection, waive } from '../findings/waiver.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceOf } from './resource-of.fixture.ts';
import { questionOf } from './waived-by.ts';
import { readWaiver } from './waiver-reading.ts';
import { waiverDocumentOf, waiverOf } from './waiver.fixture.ts';

const DAY = Date.parse('2026-11-24');

const proxy = {
  ...resourceOf(
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace: 'kube-system', labels: { app: 'kube-proxy', tier: 'node' } },
      spec: { replicas: 3 },
    },
    'prod',
  ),
  unseen: ['spec.template', 'metadata.labels.secret'],
};
const policy = { source: 'builtin', kind: 'Guardrail', namespace: null, name: 'pod-security-privileged' };
const violations = [
  { index: 1, message: 'bad', expression: 'false', paths: ['spec.template.spec.containers[0].image'] },
];
const question = questionOf({ policy, violations }, { categories: ['pod-security', 'hosts'] }, proxy);
const why = (spec: JsonObject, of = question) => objection(waiverOf('w', spec), of, DAY);

describe('a waiver', () => {
  it.each([
    ['everything', {}],
    ['a guardrail by pattern', { guardrails: ['pod-security-*'] }],
    ['a category', { categories: ['hosts'] }],
    ['a guardrail of a category', { guardrails: ['*'], categories: ['pod-*'] }],
    ['a namespace', { namespaces: ['kube-system'] }],
    ['a source and type', { sources: ['pr*'], types: ['apps/*'] }],
    ['a name', { names: ['kube-*y'] }],
    ['a label', { selector: { matchLabels: { app: 'kube-proxy' } } }],
    ['labels by expression', { selector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['node'] }] } }],
    ['what is true of the object', { where: 'object.spec.replicas == 3' }],
    ['what is true of the violations', { where: 'violations.all(v, v.paths.all(p, p.endsWith(".image")))' }],
    ['a time to come', { expires: '2026-12-01' }],
    ['a condition that has not come', { expiresWhen: 'object.spec.replicas > 3' }],
  ])('covers by %s', (_, spec) => {
    expect(waive([waiverOf('w', spec)], question, DAY)).toMatchObject({ waiver: 'w', reason: 'because' });
  });

  it.each([
    [{ guardrails: ['images-*'] }, 'it is for other guardrails: images-*'],
    [{ categories: ['rbac'] }, 'it is for other categories: rbac'],
    [{ guardrails: ['pod-*'], categories: ['rbac'] }, 'it is for other categories: rbac'],
    [{ advisories: ['CVE-2026-1'] }, 'it is for advisories: CVE-2026-1'],
    [{ sources: ['staging'] }, 'it is for other sources: staging'],
    [{ types: ['core/pods'] }, 'it is for other types: core/pods'],
    [{ namespaces: ['kube'] }, 'it is for other namespaces: kube'],
    [{ names: ['*proxyy'] }, 'it is for other names: *proxyy'],
    [{ selector: { matchLabels: { constructor: 'x' } } }, 'it is for objects labelled constructor in (x)'],
    [
      { selector: { matchLabels: { secret: 'x' } } },
      'label secret was not kept, so it is not known whether it is for this one',
    ],
    [{ where: 'object.spec.replicas > 3' }, 'it is for objects of which this is true: object.spec.replicas > 3'],
    [{ where: 'object.spec.none > 3' }, 'its where has no answer here: no such key: none'],
    [{ where: 'object.spec.template.x == 1' }, 'its where has no answer here: spec.template: it was not kept'],
    [{ expires: '2026-11-24' }, 'it expired at 2026-11-24T00:00:00.000Z'],
    [{ expiresWhen: 'object.spec.replicas == 3' }, 'its end has come: object.spec.replicas == 3'],
    [{ expiresWhen: 'object.spec.none == 3' }, 'whether its end has come is not known: no such key: none'],
  ])('that does not cover says why: %j', (spec, reason) => {
    expect(why(spec)).toBe(reason);
    expect(waive([waiverOf('w', spec)], question, DAY)).toBeNull();
  });

  it('covers a Namespace object by its own name', () => {
    const namespace = resourceOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
    const about = questionOf({ policy, violations: [] }, { categories: [] }, namespace);
    expect(why({ namespaces: ['kube-system'] }, about)).toBeNull();
  });

  it.each([
    [{ namespace: ['a'] }, 'PLM1301 spec.namespace: unknown field; did you mean "namespaces"?'],
    [{ expires: 'soon' }, expect.stringContaining('PLM1302 spec.expires')],
    [{ reason: '' }, expect.stringContaining('PLM1302 spec.reason')],
    [{ guardrails: [] }, expect.stringContaining('PLM1302 spec.guardrails')],
    [{ selector: { matchLabels: { '-': 'x' } } }, 'PLM1302 spec.selector.matchLabels["-"]: "-" is not a label key'],
    [{ where: 'object.spec.' }, expect.stringContaining('PLM1303 spec.where: does not compile')],
    [{ where: '"yes"' }, expect.stringContaining('must evaluate to bool but got string')],
    [{ where: 'objct.spec == 1' }, expect.stringContaining("undeclared reference to 'objct'")],
    [{ expiresWhen: 'request.x' }, expect.stringContaining('PLM1303 spec.expiresWhen')],
    [{ expiresWhen: 'fixAvailable' }, expect.stringContaining('is about advisories, and this waiver names none')],
    [{ advisories: ['CVE-1'], guardrails: ['*'] }, expect.stringContaining('never of both: write two waivers')],
  ])('of %j is refused', (spec, said) => {
    const { waiver, faults } = readWaiver(waiverDocumentOf('w', spec));
    expect(waiver).toBeNull();
    expect(faults.map(({ code, message }) => `${code} ${message}`)).toEqual([said]);
  });

  it('has to be about something, and to have a name that a path may hold', () => {
    const { body } = waiverDocumentOf('A b');
    const read = (changed: JsonObject) => readWaiver({ ...waiverDocumentOf('w'), body: changed }).faults;
    expect(read({ ...body, metadata: { name: 'w' }, spec: { reason: 'x' } })).toMatchObject([
      { code: 'PLM1302', message: expect.stringContaining('names nothing that it waives') },
    ]);
    expect(read(body)).toMatchObject([{ code: 'PLM1302', message: expect.stringContaining('metadata.name') }]);
  });

  it('of an advisory may end once there is a fix, and covers no finding of a guardrail', () => {
    expect(why({ advisories: ['CVE-2026-*'], expiresWhen: 'fixAvailable' })).toBe('it is for advisories: CVE-2026-*');
  });
});
