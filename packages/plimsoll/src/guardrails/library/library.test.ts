import { describe, expect, test } from 'vitest';
import { libraryFolder, presetNotices, presetPolicies, readLibrary } from './read-library.ts';
import { Evaluator } from '../evaluate/evaluator.ts';
import { glanceAt } from '../evaluate/glance-at.fixture.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { type HeldCase, casesOf, runCases } from './run-cases.ts';

const library = readLibrary(libraryFolder);
const saysNothing: ReadonlySet<string> = new Set(['pass', 'skip', 'none']);

/** Whether a glance at what is read of each case's resource, as it comes from a store, says nothing. */
async function glances(cases: readonly HeldCase[]): Promise<boolean[]> {
  const store = openSqliteStore(':memory:');
  const silent: boolean[] = [];
  for (const [seq, { guardrail, resource, world }] of cases.entries()) {
    const evaluator = new Evaluator(guardrail === null ? [] : [guardrail], world);
    silent.push(!(await glanceAt(store, resource, evaluator, seq + 1)));
  }
  await store.close();
  return silent;
}

describe.each(library.map((entry) => [entry.name, entry] as const))('guardrail %s', (_, entry) => {
  test('given its cases, every one of them holds, on pods and in every kind of template', () => {
    const { results, problems } = runCases(entry);
    expect(problems).toEqual([]);
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
    expect(results).not.toEqual([]);
  });

  test('given its cases, a glance at what it reads sees a finding where there is one, and nowhere else', async () => {
    const { cases } = casesOf(entry);
    expect(await glances(cases)).toEqual(cases.map(({ says: { outcome } }) => saysNothing.has(outcome)));
  });
});

describe('a preset', () => {
  const controls = (preset: string) =>
    presetPolicies(preset, library).map((part) => (part.part === 'policy' ? part.policy.standard?.control : null));

  test('given an older version, it takes the variants of then', () => {
    expect(controls('builtin:pod-security-baseline@1.33')).not.toContain('hostProbesAndHostLifecycle');
    expect(controls('builtin:pod-security-baseline')).toContain('hostProbesAndHostLifecycle');
  });

  test('given latest, it takes the newest variants; given a version newer than any known, that is said', () => {
    expect(controls('builtin:pod-security-baseline@latest')).toEqual(controls('builtin:pod-security-baseline'));
    const named = ['1.36', 'v1.36', 'latest', '1.99'].map((version) => `builtin:pod-security-restricted@${version}`);
    expect(presetNotices([...named, 'builtin:pod-security-restricted'], library)).toMatchObject([
      {
        code: 'PLM1314',
        message: 'builtin:pod-security-restricted@1.99 is newer than what is known; the guardrails are those of 1.36.',
      },
    ]);
  });

  test('given restricted, it contains baseline but for what it overrides', () => {
    expect(controls('pod-security-restricted')).toContain('privileged');
    expect(controls('pod-security-restricted')).not.toContain('capabilities_baseline');
    expect(controls('pod-security-baseline')).toContain('capabilities_baseline');
  });

  test('given a name that is none, it is said which there are', () => {
    expect(() => presetPolicies('builtin:pod-securty', library)).toThrow(
      /pod-security-baseline, pod-security-restricted/,
    );
  });
});
