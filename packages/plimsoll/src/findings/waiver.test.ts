import { describe, expect, it } from 'vitest';
import { nextExpiry, objection, waive, waiverDocument, waiverFrom } from './waiver.ts';

const DAY = Date.parse('2026-11-24');

function waiver(spec: Record<string, unknown>) {
  const document = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Waiver',
    metadata: { name: 'w' },
    spec: { guardrails: ['*'], reason: 'because', ...spec },
  };
  return waiverFrom(waiverDocument.parse(document), 'waivers.yaml');
}

const question = {
  policy: { source: 'builtin', kind: 'Guardrail', namespace: null, name: 'pod-security-privileged' },
  resource: { source: 'prod', type: 'apps/daemonsets', scope: 'kube-system', name: 'kube-proxy' },
  labels: { app: 'kube-proxy' },
};

describe('a waiver', () => {
  it.each([
    ['everything', {}],
    ['a guardrail by pattern', { guardrails: ['pod-security-*'] }],
    ['a namespace', { namespaces: ['kube-system'] }],
    ['a source and type', { sources: ['pr*'], types: ['apps/*'] }],
    ['a name', { names: ['kube-*y'] }],
    ['a label', { selector: { matchLabels: { app: 'kube-proxy' } } }],
    ['a time to come', { expires: '2026-12-01' }],
  ])('covers by %s', (_, spec) => {
    expect(waive([waiver(spec)], question, DAY)).toMatchObject({ waiver: 'w', reason: 'because' });
  });

  it.each([
    [{ guardrails: ['images-*'] }, 'it is for other guardrails: images-*'],
    [{ sources: ['staging'] }, 'it is for other sources: staging'],
    [{ types: ['core/pods'] }, 'it is for other types: core/pods'],
    [{ namespaces: ['kube'] }, 'it is for other namespaces: kube'],
    [{ names: ['*proxyy'] }, 'it is for other names: *proxyy'],
    [{ selector: { matchLabels: { constructor: 'x' } } }, 'it is for objects labelled constructor=x'],
    [{ expires: '2026-11-24' }, 'it expired at 2026-11-24T00:00:00.000Z'],
  ])('that does not cover says why: %j', (spec, reason) => {
    expect(objection(waiver(spec), question, DAY)).toBe(reason);
    expect(waive([waiver(spec)], question, DAY)).toBeNull();
  });

  it('covers a Namespace object by its own name', () => {
    const resource = { source: 'prod', type: 'core/namespaces', scope: null, name: 'kube-system' };
    expect(waive([waiver({ namespaces: ['kube-system'] })], { ...question, resource }, DAY)).not.toBeNull();
  });

  it('is read strictly', () => {
    expect(() => waiver({ namespace: ['kube-system'] })).toThrow(/namespace/);
    expect(() => waiver({ expires: 'soon' })).toThrow(/expires/);
    expect(() => waiver({ reason: '' })).toThrow(/reason/);
  });
});

describe('nextExpiry', () => {
  it('is the nearest end to come', () => {
    const waivers = [
      waiver({ expires: '2026-11-01' }),
      waiver({ expires: '2027-01-01' }),
      waiver({ expires: '2026-12-01' }),
      waiver({}),
    ];
    expect(nextExpiry(waivers, DAY)).toBe(Date.parse('2026-12-01'));
    expect(nextExpiry([waiver({})], DAY)).toBeNull();
  });
});
