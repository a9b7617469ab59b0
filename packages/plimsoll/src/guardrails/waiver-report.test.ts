import { describe, expect, it } from 'vitest';
import { WaiverTally } from '../findings/waiver-tally.ts';
import type { Waiver } from '../findings/waiver.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { newestDialect } from './evaluate/dialect.ts';
import { evaluateResource } from './evaluate/evaluator.ts';
import { emptyWorld } from './empty-world.ts';
import { readPolicyDocument } from './formats/registry.ts';
import { guardrailsOf } from './policy-set.ts';
import { resourceOf } from './resource-of.fixture.ts';
import { heldToWaivers } from './waived-by.ts';
import { auditWaivers } from './waiver-report.ts';
import { waiverOf } from './waiver.fixture.ts';

const NOW = Date.parse('2026-11-24');

const never = (name: string) => ({
  apiVersion: 'plimsoll.dev/v1',
  kind: 'Guardrail',
  metadata: { name },
  spec: {
    categories: ['images'],
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['*'], resources: ['pods'] }],
    },
    validations: [{ expression: 'false', message: 'never' }],
  },
});
const { guardrails } = guardrailsOf(
  ['images-by-digest', 'no-latest'].flatMap((name) =>
    readPolicyDocument({ source: 'files', origin: 'files', body: never(name), place: null }),
  ),
  () => newestDialect,
);
const pods = (count: number, namespace: (at: number) => string) =>
  Array.from({ length: count }, (_, at) =>
    resourceOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${at}`, namespace: namespace(at) } }, 'prod'),
  );

/** What is said of waivers that two guardrails' failures on some pods were held to. */
function audit(waivers: readonly Waiver[], resources: readonly Resource[], whole = true) {
  const tally = new WaiverTally(waivers);
  for (const resource of resources)
    for (const verdict of evaluateResource(resource, guardrails, emptyWorld))
      tally.count(heldToWaivers(verdict, { categories: ['images'] }, resource, waivers, NOW), ['images'], resource);
  const known = { guardrails, sources: ['prod'] };
  return auditWaivers(waivers, whole ? tally : null, known, NOW).map(({ waiver, state, count, problems }) => [
    `${waiver.name} ${state} ${count?.covered} of ${count?.among}`,
    ...problems.map(({ code, message }) => `${code} ${message}`),
  ]);
}

const shop = (spec: JsonObject = {}) => waiverOf('w', { guardrails: ['no-latest'], namespaces: ['shop'], ...spec });
const two = pods(2, (at) => (at === 0 ? 'shop' : 'bank'));

describe('the audit of a waiver', () => {
  it.each([
    ['in force', shop(), ['w in force 1 of 2']],
    [
      'over',
      shop({ expires: '2026-11-24' }),
      ['w expired 0 of 2', 'PLM1320 waiver w expired at 2026-11-24T00:00:00.000Z'],
    ],
    [
      'about to be',
      shop({ expires: '2026-12-07' }),
      ['w expires soon 1 of 2', 'PLM1320 waiver w expires at 2026-12-07T00:00:00.000Z'],
    ],
    ['long to go', shop({ expires: '2026-12-09' }), ['w in force 1 of 2']],
    [
      'for nothing that is there',
      shop({ namespaces: ['shops'] }),
      ['w matches nothing 0 of 2', 'PLM1321 waiver w covers nothing here'],
    ],
    [
      'for nothing, because its end has come',
      shop({ expiresWhen: 'object.metadata.name == "p0"' }),
      [
        'w matches nothing 0 of 2',
        'PLM1321 waiver w covers nothing here: its end has come: object.metadata.name == "p0"',
      ],
    ],
    [
      'for advisories, of which there are no findings',
      waiverOf('w', { advisories: ['CVE-2026-1'] }),
      ['w matches nothing 0 of 0', 'PLM1321 waiver w covers nothing here: no finding is of an advisory'],
    ],
    [
      'for names that are not there',
      waiverOf('w', { guardrails: ['no-latst'], categories: ['image', '*'], sources: ['staging'] }),
      [
        'w matches nothing 0 of 0',
        'PLM1321 waiver w covers nothing here',
        'PLM1323 waiver w names a guardrail that is not here: no-latst; did you mean no-latest?',
        'PLM1323 waiver w names a category that is not here: image; did you mean images?',
        'PLM1323 waiver w names a source that is not here: staging',
      ],
    ],
  ])('%s', (_, waiver, said) => {
    expect(audit([waiver], two)).toEqual([said]);
  });

  it('of what was not looked at whole says neither that it covers nothing nor that it is too broad', () => {
    expect(audit([shop({ namespaces: ['none'] })], two, false)).toEqual([['w in force undefined of undefined']]);
  });

  it('says so where it covers nearly all that its guardrails find, in several namespaces', () => {
    const all = waiverOf('w', { guardrails: ['no-latest'], namespaces: ['shop', 'bank'] });
    expect(audit([all], [...pods(40, (at) => (at % 2 === 0 ? 'shop' : 'bank')), ...pods(2, () => 'other')])).toEqual([
      ['w too broad 40 of 42', 'PLM1322 waiver w covers 40 of 42 findings of no-latest, in 2 namespaces'],
    ]);
    expect(
      audit(
        [all],
        pods(40, () => 'shop'),
      ),
    ).toEqual([['w in force 40 of 40']]);
    expect(
      audit(
        [all],
        pods(9, (at) => (at % 2 === 0 ? 'shop' : 'bank')),
      ),
    ).toEqual([['w in force 9 of 9']]);
  });

  it('counts a finding for the first waiver that covers it', () => {
    expect(audit([shop(), waiverOf('second')], two)).toEqual([['w in force 1 of 2'], ['second in force 3 of 4']]);
  });
});
