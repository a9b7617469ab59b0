import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../model/resource.ts';
import { configMap, eventually, WatchedFolder } from './watched-folder.fixture.ts';

const definition =
  'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: geese.example.com}\n' +
  'spec: {group: example.com, scope: Cluster, names: {plural: geese, kind: Goose}}\n';
const goose = 'apiVersion: example.com/v1\nkind: Goose\nmetadata: {name: g}\n';

const paths = fc.constantFrom('a.yaml', 'b.yaml', 'x/a.yaml', 'x/y/a.yaml', 'x/y/b.yaml', 'z/a.yaml');
const folders = fc.constantFrom('x', 'x/y', 'z');
const texts = fc.oneof(
  fc
    .array(fc.tuple(fc.constantFrom('one', 'two', 'three'), fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 3 })
    .map((objects) => objects.map(([name, value]) => configMap(name, value)).join('---\n')),
  fc.constantFrom(definition, goose, '', '# nothing\n', 'values: 1\n'),
);
const edits = fc.oneof(
  { weight: 4, arbitrary: fc.record({ edit: fc.constant('write' as const), path: paths, text: texts }) },
  fc.record({ edit: fc.constant('break' as const), path: paths }),
  fc.record({ edit: fc.constant('remove' as const), path: fc.oneof(paths, folders) }),
  fc.record({ edit: fc.constant('rename' as const), path: paths, to: paths }),
  fc.record({ edit: fc.constant('rename' as const), path: folders, to: fc.constantFrom('moved', 'z/x') }),
  { weight: 3, arbitrary: fc.record({ edit: fc.constant('pause' as const), path: fc.constant('') }) },
);
const beginnings = fc.array(fc.tuple(paths, texts), { maxLength: 6 });
const sequences = fc.array(edits, { minLength: 1, maxLength: 10 });
type Edit = typeof edits extends fc.Arbitrary<infer E> ? E : never;

async function make(root: string, edit: Edit): Promise<void> {
  const path = join(root, edit.path);
  if (edit.edit === 'pause') await new Promise((resolve) => setTimeout(resolve, 40));
  else if (edit.edit === 'remove') rmSync(path, { recursive: true, force: true });
  else if (edit.edit === 'rename') {
    const to = join(root, edit.to);
    if (!existsSync(path) || existsSync(to) || to.startsWith(`${path}/`)) return;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(path, to);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, edit.edit === 'break' ? 'a: [\n' : edit.text);
  }
}

/** Without what differs between two folders of the same content. */
const shown = (resources: readonly Resource[], root: string): readonly string[] =>
  resources
    .map(({ type, scope, name, body, place }) =>
      JSON.stringify([type, scope, name, body, place?.file.slice(root.length), place?.document, place?.line]),
    )
    .sort();

const problems = async ({ store }: WatchedFolder): Promise<string> =>
  (await store.problems())
    .map(({ code, file }) => `${code} ${file}`)
    .sort()
    .join();

const written = (path: 'x/a.yaml' | 'x/y/a.yaml' | 'z/a.yaml', text: string): Edit => ({ edit: 'write', path, text });
const pause: Edit = { edit: 'pause', path: '' };

/** What once did not hold. */
const found: [[string, string][], Edit[], boolean][] = [
  // The watch of a folder in one that was moved moved with it: who took its place was not heard.
  [
    [
      ['x/y/b.yaml', configMap('three', 'b')],
      ['x/a.yaml', configMap('one', 'a')],
    ],
    [
      { edit: 'rename', path: 'x', to: 'moved' },
      written('x/y/a.yaml', '# nothing\n'),
      pause,
      pause,
      written('x/y/a.yaml', configMap('two', 'a')),
      pause,
    ],
    false,
  ],
  // A file that was read for what another gave up had given up something itself.
  [
    [
      ['a.yaml', `${configMap('one', 'a')}---\n${configMap('two', 'a')}`],
      ['z/a.yaml', ['three', 'two', 'one'].map((name) => configMap(name, 'b')).join('---\n')],
      ['x/a.yaml', configMap('two', 'a')],
    ],
    [
      { edit: 'rename', path: 'x', to: 'moved' },
      { edit: 'break', path: 'x/y/b.yaml' },
      written('x/a.yaml', `${configMap('one', 'a')}---\n${configMap('three', 'a')}`),
      written('x/a.yaml', goose),
      pause,
      written('z/a.yaml', `${configMap('three', 'a')}---\n${configMap('one', 'a')}`),
      { edit: 'remove', path: 'x/y' },
    ],
    false,
  ],
  // A file that came by itself was not known to its folder, which then did not tell that it was gone.
  [
    [['x/y/a.yaml', configMap('two', 'b')]],
    [
      { edit: 'break', path: 'x/a.yaml' },
      { edit: 'break', path: 'a.yaml' },
      pause,
      written('z/a.yaml', configMap('two', 'a')),
      pause,
      { edit: 'rename', path: 'x', to: 'moved' },
      written('x/y/a.yaml', definition),
    ],
    false,
  ],
];

describe('a folder under random edits', () => {
  it('leaves the inventory as a fresh reading of the mended folder finds it', async () => {
    await fc.assert(
      fc.asyncProperty(beginnings, sequences, fc.boolean(), async (begun, made, restarts) => {
        const watched = await WatchedFolder.open();
        const fresh = await WatchedFolder.open();
        try {
          for (const [path, text] of begun) watched.write(path, text);
          const stop = await watched.watch({ tuning: { patience: 20 } });
          if (restarts) await stop();
          for (const edit of made) await make(watched.folder, edit);
          if (restarts) await watched.watch({ tuning: { patience: 20 } });
          // What is broken is mended: what a broken file held before stays, which no fresh reading knows.
          for (const path of broken(made))
            if (existsSync(join(watched.folder, path))) watched.write(path, configMap(path));
          const root = watched.folder;
          await fresh.readOnce([root]);
          const wanted = [...shown(await fresh.resources(), root), await problems(fresh)].join('\n');
          await eventually(
            () => wanted,
            async () => [...shown(await watched.resources(), root), await problems(watched)].join('\n') === wanted,
          );
          expect((await watched.coverageOf('*'))?.state).toBe('live');
        } finally {
          await watched.close();
          await fresh.close();
        }
      }),
      { numRuns: 40, examples: found },
    );
  }, 120_000);
});

/** Where files may be broken: every path that one may have come to by a rename. */
function broken(made: readonly Edit[]): readonly string[] {
  if (!made.some(({ edit }) => edit === 'break')) return [];
  const names = ['a.yaml', 'b.yaml'];
  const places = ['', 'x', 'x/y', 'z', 'moved', 'moved/y', 'z/x', 'z/x/y', 'z/y', 'moved/x', 'moved/x/y'];
  return places.flatMap((place) => names.map((name) => join(place, name)));
}
