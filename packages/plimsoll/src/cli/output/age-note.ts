import type { Terminal } from '../terminal.ts';

/** Answers younger than this are as good as now. */
const young = 60_000;

/** Says of an answer that rests on a snapshot, or on what was read once, how old it is. `at`: it was asked for a time. */
export function noteAge(asOf: string, at: string | undefined, { say }: Pick<Terminal, 'say'>): void {
  if (at !== undefined || Date.now() - Date.parse(asOf) < young) return;
  say(`As of ${asOf.replace(/\.\d+Z$/, 'Z')}: what it rests on was read then, and is not watched.`);
}
