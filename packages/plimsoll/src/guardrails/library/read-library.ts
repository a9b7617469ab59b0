import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { YAML11_SCHEMA, YAMLException, loadAll } from 'js-yaml';
import { problem, PlimsollError } from '../../model/errors.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import type { Policy, PolicyPart } from '../policy.ts';

/** One folder of the library: a guardrail with its variants, and its cases. */
export interface LibraryEntry {
  readonly name: string;
  readonly category: string;
  /** Oldest first. */
  readonly variants: readonly Policy[];
  /** Where its cases are; null where it has none. */
  readonly casesFile: string | null;
}

/** Where the shipped library lies: the repository's root, or beside the published program. */
export const libraryFolder = fileURLToPath(new URL('../../../../../guardrails/', import.meta.url));

/** Reads every guardrail below a folder: one folder each that holds a `guardrail.yaml`. @throws {PlimsollError} PLM1302 */
export function readLibrary(folder: string): readonly LibraryEntry[] {
  const own = existsSync(join(folder, 'guardrail.yaml')) ? [entryOf(folder)] : [];
  const inner = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readLibrary(join(folder, entry.name)));
  return [...own, ...inner].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The waivers that ship with the library, as documents. */
export function libraryWaivers(
  folder: string = libraryFolder,
): readonly { readonly file: string; readonly body: JsonObject }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name, 'waivers.yaml'))
    .filter((file) => existsSync(file))
    .flatMap((file) => readDocuments(file).map((body) => ({ file, body })));
}

/** True for what names a preset (`builtin:NAME[@VERSION]`) rather than a path. */
export function isPreset(name: string): boolean {
  return name.startsWith('builtin:');
}

/** The names of all presets of a library, without `builtin:`. */
export function presetNames(library: readonly LibraryEntry[]): readonly string[] {
  const names = library.flatMap(({ variants }) =>
    variants.flatMap(({ standard, presets }) => [
      ...presets,
      ...(standard === null ? [] : [`${standard.name}-${standard.level}`]),
    ]),
  );
  return [...new Set(names)].toSorted();
}

/**
 * The guardrails of `builtin:NAME[@VERSION]` (guardrails/README.md): of each the variant of that minor version, the
 * newest where none or `latest` is named; levels contain the lower ones but for the controls that they override.
 * @throws {PlimsollError} PLM1311 for a preset that is not there
 */
export function presetPolicies(
  preset: string,
  library: readonly LibraryEntry[],
): readonly Extract<PolicyPart, { readonly part: 'policy' }>[] {
  const [name = '', version] = preset.replace(/^builtin:/, '').split('@');
  const known = presetNames(library);
  if (!known.includes(name) || (version !== undefined && version !== 'latest' && !/^v?1\.\d+$/.test(version))) {
    const message = `builtin:${preset.replace(/^builtin:/, '')} is no preset; there are ${known.join(', ')} (@1.N for a version, @latest for the newest)`;
    throw new PlimsollError('PLM1311', message);
  }
  const minor = version === undefined || version === 'latest' ? Number.POSITIVE_INFINITY : minorOf(version);
  const chosen = library.flatMap(({ variants }) => variantFor(variants, minor) ?? []);
  const named = chosen.filter(({ presets }) => presets.includes(name));
  const levels = new Map<string, Policy[]>();
  for (const policy of chosen) {
    const { standard } = policy;
    if (standard !== null && name.startsWith(`${standard.name}-`))
      levels.set(standard.level, [...(levels.get(standard.level) ?? []), policy]);
  }
  const asked = [...levels.keys()].find((level) => name.endsWith(`-${level}`));
  const order = ['baseline', 'restricted'];
  const standing =
    asked === undefined ? [] : order.slice(0, order.indexOf(asked) + 1).flatMap((level) => levels.get(level) ?? []);
  const overridden = new Set(standing.flatMap(({ standard }) => standard?.overrides ?? []));
  const kept = standing.filter(({ standard }) => standard === null || !overridden.has(standard.control));
  return [...new Set([...kept, ...named])].map((policy) => ({ part: 'policy', policy }));
}

/**
 * A notice for each preset whose version is newer than any that the library was written for: its guardrails are those
 * of the newest, which that version may have changed.
 */
export function presetNotices(presets: readonly string[], library: readonly LibraryEntry[]): readonly Problem[] {
  const known = library.flatMap(({ variants }) => variants.map(({ standard }) => minorOf(standard?.since ?? '1.0')));
  const newest = Math.max(minorOf(newestDialect.version), ...known);
  return presets
    .filter((preset) => minorOf(/@v?(1\.\d+)$/.exec(preset)?.[1] ?? '1.0') > newest)
    .map((preset) =>
      problem('PLM1314', `${preset} is newer than what is known; the guardrails are those of 1.${newest}.`),
    );
}

/** The variant that applies at a minor version; null where the control is younger or gone. */
export function variantFor(variants: readonly Policy[], minor: number): Policy | null {
  const found = variants.findLast(({ standard }) => standard === null || minorOf(standard.since) <= minor);
  const until = found?.standard?.until ?? null;
  if (found === undefined || (until !== null && minor >= minorOf(until))) return null;
  return found;
}

/** 29 for `1.29` and `v1.29`. */
export function minorOf(version: string): number {
  return Number(version.slice(version.indexOf('.') + 1));
}

/** The documents of a YAML file of the library. @throws {PlimsollError} PLM1302 where it is no YAML */
export function readDocuments(file: string): readonly JsonObject[] {
  try {
    const documents: unknown[] = loadAll(readFileSync(file, 'utf8'), { schema: YAML11_SCHEMA });
    return documents.filter((document): document is JsonObject => isJsonObject(document as Json));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new PlimsollError('PLM1302', error.message, { file }, { cause: error });
  }
}

function entryOf(folder: string): LibraryEntry {
  const [name = '', category = ''] = folder
    .split(/[\\/]/)
    .filter((part) => part !== '')
    .toReversed();
  const file = join(folder, 'guardrail.yaml');
  const variants = readDocuments(file).flatMap((body, index) => {
    const place = { file, document: index + 1, line: 1 };
    const parts = readPolicyDocument({ source: 'builtin', origin: 'builtin', body, place });
    return parts.flatMap((part) => (part.part === 'policy' ? [part.policy] : []));
  });
  const casesFile = join(folder, 'cases.yaml');
  return {
    name,
    category,
    variants: variants.toSorted((a, b) => minorOf(a.standard?.since ?? '1.0') - minorOf(b.standard?.since ?? '1.0')),
    casesFile: existsSync(casesFile) ? casesFile : null,
  };
}
