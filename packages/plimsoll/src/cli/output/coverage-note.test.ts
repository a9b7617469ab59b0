import { describe, expect, test } from 'vitest';
import type { CoverageItem, ListCoverage } from '../../server/schemas.ts';
import type { Terminal } from '../terminal.ts';
import { noteCoverage } from './coverage-note.ts';

const gap = (type: string, state: CoverageItem['state']): CoverageItem => ({
  source: 'prod',
  type,
  scope: null,
  state,
  since: '2026-11-25T12:00:00.000Z',
  lastComplete: null,
  reason: null,
});
const coverageOf = (...gaps: CoverageItem[]): ListCoverage => ({
  complete: false,
  gaps,
  undecided: { count: 0, example: null },
  judging: false,
});

function noted(coverage: ListCoverage, allowUnknown = false): { readonly code: number; readonly lines: string[] } {
  const lines: string[] = [];
  const terminal: Pick<Terminal, 'say'> = { say: (line) => void lines.push(line) };
  return { code: noteCoverage(coverage, allowUnknown, terminal), lines };
}

describe('what a list could not see', () => {
  test('given that guardrails are still being held against what is known, then it is said, and the exit code is 3', () => {
    const coverage = { ...coverageOf(), judging: true };
    const lines = ['Guardrails are still being held against what is known: more findings may open.'];
    expect(noted(coverage)).toEqual({ code: 3, lines });
    expect(noted(coverage, true)).toEqual({ code: 0, lines });
  });

  test('given types whose first list is under way or waits for its turn, then it is said, and the exit code is 3', () => {
    const coverage = coverageOf(gap('core/pods', 'listing'), gap('core/services', 'never'), gap('core/secrets', 'off'));
    expect(noted(coverage)).toEqual({ code: 3, lines: ['Still being listed for the first time: 2 types.'] });
    expect(noted(coverage, true).code).toBe(0);
  });

  test('given a source that is still being connected to, then it is named, and is no type', () => {
    expect(noted(coverageOf(gap('*', 'listing')))).toEqual({ code: 3, lines: ['Still being connected to: prod.'] });
  });

  test('given what nobody can see or wants to, then nothing is said', () => {
    expect(noted(coverageOf(gap('core/secrets', 'off'), gap('core/bindings', 'unsupported')))).toEqual({
      code: 0,
      lines: [],
    });
  });
});
