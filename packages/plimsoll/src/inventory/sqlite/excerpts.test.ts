import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type JsonObject, isJsonObject, member } from '../../model/json.ts';
import { nothing, change, resourceWith } from '../store-contract.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

let store: Store;
let seq = 0;
beforeAll(() => {
  store = openSqliteStore(':memory:');
});
afterAll(async () => await store.close());

async function excerptOf(body: JsonObject, paths: readonly (readonly string[])[]) {
  seq += 1;
  await store.commit({ ...nothing, changes: [change(seq, seq === 1 ? 'created' : 'updated', resourceWith({ body }))] });
  return (await store.excerpts({ source: 'prod' }, paths, 1)).items[0]?.body;
}

const names = fc.constantFrom('spec', 'a', 'b', 'app.kubernetes.io/name', '__proto__', 'odd"name', 'x y', '', '#-1');
const value = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'large' },
    fc.constantFrom<Json>(null, true, 1, 1.5, 9_007_199_254_740_993n, 'text', '😀"\\'),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
}));
const path = fc.array(names, { maxLength: 4 });

/** What stands under a path, or how far it leads. */
function under(body: Json, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return { found: body };
  const inner = member(body, first);
  if (inner === undefined) return { absent: first, left: rest.length, in: isJsonObject(body) };
  return under(inner, rest);
}

const holds = (whole: Json | undefined, part: Json): boolean =>
  isJsonObject(part) && isJsonObject(whole)
    ? Object.entries(part).every(([name, inner]) => holds(member(whole, name), inner))
    : fc.stringify(whole) === fc.stringify(part);

const breaksOff = (body: Json, steps: readonly string[]): boolean =>
  steps.some((_, depth) => {
    const on = under(body, steps.slice(0, depth));
    return typeof on === 'object' && on !== null && 'found' in on && !isJsonObject(on.found as Json);
  });

describe('an excerpt', () => {
  it('has what stands under its paths and nothing that is not there, or says that it cannot', async () => {
    const asked = fc.array(path, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(value.object, asked, async (body, paths) => {
        const found = await excerptOf(body, paths);
        if (found === null) {
          expect(paths.some((one) => breaksOff(body, one))).toBe(true);
          return;
        }
        for (const one of paths) expect(under(found ?? null, one)).toEqual(under(body, one));
        expect(holds(body, found ?? null)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves out what was not asked for', async () => {
    const body = { kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } }, spec: { nodeName: 'n', x: 1 } };
    expect(await excerptOf(body, [['metadata', 'labels'], ['spec', 'x'], ['status']])).toEqual({
      metadata: { labels: { app: 'web' } },
      spec: { x: 1 },
    });
  });

  it('reads the top-level members whole where very many paths are asked for', async () => {
    const paths = Array.from({ length: 50 }, (_, i) => ['spec', `field${i}`]);
    expect(await excerptOf({ spec: { other: 1 }, status: {} }, paths)).toEqual({ spec: { other: 1 } });
  });

  it('has all words of its resource', async () => {
    const { body: _, ...words } = resourceWith({
      name: 'all',
      unseen: ['data'],
      place: { file: 'a', document: 1, line: 2 },
    });
    const filter = { source: 'prod', name: 'all' };
    seq += 1;
    await store.commit({ ...nothing, changes: [change(seq, 'created', { ...words, body: {} })] });
    expect((await store.excerpts(filter, [['spec']], 1)).items).toEqual([{ ...words, body: {} }]);
  });
});
