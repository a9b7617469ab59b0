import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { rolldown } from 'rolldown';
import { write } from './installed.ts';

const compressed = promisify(gzip);

/** What an application's bundler makes of its entry. */
export interface Bundle {
  readonly code: string;
  readonly gzipBytes: number;
  /** What it still imports. */
  readonly imports: readonly string[];
}

/** How an application bundles. */
export interface BundleOptions {
  /** Leaves re2js out. */
  readonly withoutRe2js?: boolean;
  /** Keeps whatever a module does when it is imported, though its package promises that it does nothing. */
  readonly distrustful?: boolean;
}

/**
 * Bundles and minifies an entry for browsers, in an application that has the package installed.
 * @throws where something imports what a browser lacks.
 */
export async function bundled(app: string, entry: string, options: BundleOptions = {}): Promise<Bundle> {
  await write(app, 'entry.js', entry);
  const build = await rolldown({
    cwd: app,
    input: join(app, 'entry.js'),
    platform: 'browser',
    external: options.withoutRe2js === true ? ['re2js'] : [],
    ...(options.distrustful === true ? { treeshake: { moduleSideEffects: (_, external) => !external } } : {}),
    onLog: (level, { message }) => {
      if (level === 'warn') throw new Error(message);
    },
  });
  const { output } = await build.generate({ format: 'esm', minify: true, comments: false });
  await build.close();
  const [{ code, imports, dynamicImports }] = output;
  return { code, imports: [...imports, ...dynamicImports], gzipBytes: (await compressed(code, { level: 9 })).length };
}
