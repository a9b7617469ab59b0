import { describe, expect, test } from 'vitest';
import type { Resource } from '../../model/resource.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { mayJudge, partsRead } from '../evaluate/parts-read.ts';
import { planFor } from '../evaluate/plan.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { rejudgedBy } from '../live/dependents.ts';
import { fingerprintOf } from '../live/fingerprint.ts';
import { guardrailsOf } from '../policy-set.ts';
import type { Amendment, PolicyPart } from '../policy.ts';
import type { World } from '../world.ts';
import type { Narrowing } from './narrowing.ts';
import { subjectType } from './subject.ts';

const world: World = {
  namespace: (_, name) => ({ body: { metadata: { name, labels: { team: 'a' } } }, unknown: null, unseen: [] }),
  list: () => ({ items: [] }),
  has: () => false,
  typeOfKind: () => null,
  served: () => null,
};

function pod(name: string): Resource {
  const metadata = { name, namespace: 'shop' };
  const key = { source: 'files', type: 'core/pods', scope: 'shop', name };
  return {
    ...key,
    apiVersion: 'v1',
    kind: 'Pod',
    uid: null,
    version: null,
    body: { metadata },
    unseen: [],
    place: null,
  };
}

/** Is about no Service and nothing named a, leaves b out, and says that it reads annotations and namespaces. */
const narrowing: Narrowing = {
  says: { not: ['a', 'b'] },
  kinds: [],
  reads: [['metadata', 'annotations']],
  readsNamespaces: true,
  admission: 'not told',
  mayConcern: ({ type }) => type !== 'core/secrets',
  steps: ({ kind }) => {
    if (kind === 'Service') return { outcome: 'none', reason: 'it is about no Service' };
    if (kind === 'Node') return { outcome: 'unknown', reason: 'nobody knows of Nodes' };
    return [
      ({ name }) => (name === 'a' ? { outcome: 'none', reason: 'it is a' } : null),
      ({ name, scope }, namespaces) => {
        const reason = `b, where ${JSON.stringify(namespaces(scope ?? '').labels)}`;
        return name === 'b' ? { outcome: 'skip', reason } : null;
      },
    ];
  },
};

const rules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
const spec = { matchConstraints: { resourceRules: rules }, validations: [{ expression: 'object.spec.ok == true' }] };
const parts = readPolicyDocument({
  source: 'files',
  origin: 'files',
  body: { apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name: 'g' }, spec },
  place: null,
});

function amendment(change: Partial<Amendment>): PolicyPart {
  const amend: Amendment['amend'] = (policy) => ({ ...policy, narrowing: [...policy.narrowing, narrowing] });
  const plain = { source: 'files', name: 'a', says: 'not a', amend, idle: null, problems: [] };
  return { part: 'amendment', amendment: { ...plain, ...change } };
}

const guarded = (...more: readonly PolicyPart[]) => guardrailsOf([...parts, ...more], () => newestDialect);
const { guardrails } = guarded(amendment({}));
const ofKind = (kind: string, type: string, scope: string | null) =>
  planFor(guardrails, 'files', subjectType({ type, apiVersion: 'v1', kind, scope }, null));

describe('a policy that is narrowed', () => {
  test('given a type that it is not about, the plan says why', () => {
    const { entries, unmatched } = ofKind('Service', 'core/services', 'shop');
    expect(entries).toEqual([]);
    expect(unmatched.map(({ reason }) => reason.reason)).toEqual(['it is about no Service']);
  });

  test('given a type of which nobody knows, every resource of it is unknown', () => {
    const node = { ...pod('n'), kind: 'Node', type: 'core/nodes', scope: null };
    expect(evaluateResource(node, guardrails, world)).toMatchObject([
      { outcome: 'unknown', reason: 'nobody knows of Nodes' },
    ]);
  });

  test('given a resource that a step does not match, there is no verdict', () => {
    expect(evaluateResource(pod('a'), guardrails, world)).toEqual([]);
  });

  test('given a resource that a step leaves out, it gives that reason', () => {
    expect(evaluateResource(pod('b'), guardrails, world)).toMatchObject([
      { outcome: 'skip', reason: 'b, where {"team":"a"}' },
    ]);
  });

  test('given a resource that matches, it is judged', () => {
    expect(evaluateResource(pod('c'), guardrails, world)).toMatchObject([{ outcome: 'error' }]);
  });

  test('what it reads is read, and of what it may not be about nothing is', () => {
    const [guardrail] = guardrails;
    expect(guardrail && partsRead(guardrail, 'core/pods')).toEqual([
      ['metadata', 'annotations'],
      ['spec', 'ok'],
    ]);
    expect(guardrail && mayJudge(guardrail, 'files', 'core/secrets', null)).toBe(false);
    expect(guardrail && mayJudge(guardrail, 'files', 'core/pods', null)).toBe(true);
  });

  test('given that it reads namespaces, a label of one has what is in it judged again', () => {
    const key = { source: 'files', type: 'core/namespaces', scope: null, name: 'shop' };
    const before = { ...pod('shop'), ...key, body: { metadata: { name: 'shop' } } };
    const resource = { ...before, body: { metadata: { name: 'shop', labels: { team: 'b' } } } };
    const change = { seq: 1, at: 0, operation: 'updated' as const, key, uid: null, resource };
    expect(rejudgedBy(change, { before, looksSame: false }, guardrails, world)).toEqual([
      { source: 'files', scope: 'shop', guardrails: guardrails.map((one) => one.key) },
    ]);
  });
});

describe('an amendment', () => {
  const idle = { code: 'PLM1309', message: 'about nothing', remedy: '', line: null, column: null, subject: null };
  const place = { source: 'files', file: null, document: null };
  const nothing = amendment({ amend: (policy) => policy, idle: { ...idle, ...place } });

  test('given one that changes no policy, it is told where that is a fault', () => {
    expect(guarded(nothing).problems).toMatchObject([{ message: 'about nothing' }]);
    expect(guarded(amendment({ amend: (policy) => policy })).problems).toEqual([]);
  });

  test('given one of another source, or one with problems, policies stay as they are', () => {
    const others = guarded(amendment({ source: 'prod' }), amendment({ problems: [{ ...idle, ...place }] }));
    expect(others.guardrails).toMatchObject([{ amendments: [], policy: { narrowing: [] } }]);
    expect(others.problems).toHaveLength(1);
  });

  test('given one that says something else, what it changes is judged anew', () => {
    const prints = [amendment({}), amendment({ says: 'other' }), amendment({ amend: (policy) => policy })].map((part) =>
      guarded(part).guardrails.map((guardrail) => fingerprintOf(guardrail)),
    );
    expect(new Set(prints.flat()).size).toBe(3);
  });
});
