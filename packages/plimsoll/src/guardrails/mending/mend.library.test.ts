import { expect, test } from 'vitest';
import { patched } from '../../model/json-patch.ts';
import type { Resource } from '../../model/resource.ts';
import { Evaluator, evaluateResource } from '../evaluate/evaluator.ts';
import { libraryFolder, readLibrary } from '../library/read-library.ts';
import { type HeldCase, casesOf } from '../library/run-cases.ts';
import type { PatchOperation } from '../../model/json-patch.ts';
import { mend } from './mend.ts';

/** Pods stand for all that holds a template of one, but for one kind of these. */
const kinds = new Set(['apps/deployments']);
const failing = readLibrary(libraryFolder)
  .flatMap((entry) => casesOf(entry).cases.map((held) => ({ held, name: entry.name })))
  .filter(({ held }) => held.says.outcome === 'fail' && (!held.kind.includes('/') || kinds.has(held.kind)));

function outcomes({ guardrail, world }: HeldCase, resource: Resource, operations: readonly PatchOperation[]): string[] {
  const body = patched(resource.body, operations);
  if (guardrail === null || body === null) return ['not applied'];
  return evaluateResource({ ...resource, body }, [guardrail], world).map(({ outcome }) => outcome);
}

test('every patch that is shown for a failing case of the library makes it pass, and needs each of its operations', () => {
  let shown = 0;
  for (const { held, name } of failing) {
    const { guardrail, resource, world } = held;
    if (guardrail === null) continue;
    const [verdict] = evaluateResource(resource, [guardrail], world);
    if (verdict?.outcome !== 'fail') continue;
    const patch = mend(resource, verdict, new Evaluator([guardrail], world));
    if (patch === null) continue;
    shown += 1;
    expect(outcomes(held, resource, patch), `${name}: ${held.says.name}`).toEqual(['pass']);
    for (const operation of patch) {
      const others = patch.filter((other) => other !== operation);
      expect(outcomes(held, resource, others), `${name}: ${held.says.name} without ${operation.path}`).not.toEqual([
        'pass',
      ]);
    }
  }
  expect(shown).toBeGreaterThan(250);
});
