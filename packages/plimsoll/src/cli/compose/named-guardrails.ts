import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isPreset, libraryFolder, presetPolicies, readLibrary } from '../../guardrails/library/read-library.ts';
import type { Store } from '../../inventory/store.ts';
import { PlimsollError } from '../../model/errors.ts';

const NAMED = 'guardrails.named';

/** Keeps in the store what `--guardrails` named, so that commands that read the store know which it was judged by. */
export async function rememberNamed(store: Store, named: readonly string[]): Promise<void> {
  const text = JSON.stringify(named.map((name) => (isPreset(name) || name === '-' ? name : resolve(name))));
  if ((await store.setting(NAMED)) !== text) await store.setSetting(NAMED, text);
}

/** What was named when the store was last written, and which of it is not there any more (`-` never is). */
export async function rememberedNamed(
  store: Store,
): Promise<{ readonly named: readonly string[]; readonly gone: readonly string[] }> {
  const all = JSON.parse((await store.setting(NAMED)) ?? '[]') as string[];
  const { there = [], gone = [] } = Object.groupBy(all, (name) => (isThere(name) ? 'there' : 'gone'));
  return { named: there, gone };
}

function isThere(name: string): boolean {
  if (!isPreset(name)) return existsSync(name);
  try {
    presetPolicies(name, readLibrary(libraryFolder));
    return true;
  } catch (error) {
    if (error instanceof PlimsollError && error.code === 'PLM1311') return false;
    throw error;
  }
}
