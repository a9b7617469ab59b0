import { basename } from 'node:path';

/** What of packages/cel/package.json the published package has as well. */
export interface OwnManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly license: string;
  readonly homepage: string;
  readonly type: 'module';
  readonly sideEffects: false;
  /** Sources by what is imported: `./src/kyverno.ts` by `./kyverno`. */
  readonly exports: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What is published: compiled JavaScript, types, and the sources that their maps point to. */
interface PublishedManifest extends Omit<OwnManifest, 'exports'> {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly types: string;
  readonly files: readonly string[];
  readonly repository?: { readonly type: 'git'; readonly url: string; readonly directory: string };
}

/** The name of the module behind each entry point: `kyverno` behind `./kyverno`. */
export function entriesOf({ exports }: OwnManifest): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(exports).map(([path, source]) => [path, basename(source, '.ts')]));
}

function published(name: string): { readonly types: string; readonly default: string } {
  return { types: `./types/${name}.d.ts`, default: `./${name}.js` };
}

/**
 * The package.json of the published package. The workspace's own exports the TypeScript sources, which Node.js runs
 * everywhere but under node_modules, and npm knows no second `exports` for publishing: so there are two.
 * `repository` is the URL of the clone that it is built from; null where it has none.
 */
export function publishedManifest(own: OwnManifest, repository: string | null): PublishedManifest {
  const { name, version, description, keywords, license, homepage, type, sideEffects, engines, dependencies } = own;
  return {
    name,
    version,
    description,
    keywords,
    license,
    homepage,
    ...(repository === null
      ? {}
      : { repository: { type: 'git' as const, url: repository, directory: 'packages/cel' } }),
    type,
    sideEffects,
    exports: {
      ...Object.fromEntries(Object.entries(entriesOf(own)).map(([path, name]) => [path, published(name)])),
      './package.json': './package.json',
    },
    types: './types/index.d.ts',
    files: ['*.js', '*.js.map', 'types', 'src', 'docs'],
    engines,
    dependencies,
  };
}
