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
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What is published: compiled JavaScript, types, and the sources that their maps point to. */
interface PublishedManifest extends OwnManifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly types: string;
  readonly files: readonly string[];
  readonly repository?: { readonly type: 'git'; readonly url: string; readonly directory: string };
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
    exports: { '.': { types: './types/index.d.ts', default: './index.js' }, './package.json': './package.json' },
    types: './types/index.d.ts',
    files: ['index.js', 'index.js.map', 'types', 'src', 'docs'],
    engines,
    dependencies,
  };
}
