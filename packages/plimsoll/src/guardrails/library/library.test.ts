import { describe, expect, test } from 'vitest';
import { libraryFolder, presetPolicies, readLibrary } from './read-library.ts';
import { runCases } from './run-cases.ts';

const library = readLibrary(libraryFolder);

describe.each(library.map((entry) => [entry.name, entry] as const))('guardrail %s', (_, entry) => {
  test('given its cases, every one of them holds, on pods and in every kind of template', () => {
    const { results, problems } = runCases(entry);
    expect(problems).toEqual([]);
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
    expect(results).not.toEqual([]);
  });
});

describe('a preset', () => {
  const controls = (preset: string) =>
    presetPolicies(preset, library).map((part) => (part.part === 'policy' ? part.policy.standard?.control : null));

  test('given an older version, it takes the variants of then', () => {
    expect(controls('builtin:pod-security-baseline@1.33')).not.toContain('hostProbesAndHostLifecycle');
    expect(controls('builtin:pod-security-baseline')).toContain('hostProbesAndHostLifecycle');
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
