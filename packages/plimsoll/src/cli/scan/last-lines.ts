import { visible } from '../output/visible.ts';
import type { ReportSummary } from './report.ts';
import type { Tally } from './tally.ts';

/** What a cluster gave. */
export interface ReadCluster {
  readonly resources: number;
  /** Milliseconds since 1970 of which a snapshot is; null for a cluster that was read just now. */
  readonly asOf: number | null;
}

/** What a run read. */
export interface WhatWasRead {
  readonly files: number;
  readonly documents: number;
  /** Clusters that were read, by source. */
  readonly clusters: ReadonlyMap<string, ReadCluster>;
  /** Documents that could not be read. */
  readonly unreadable: number;
  /** Resources of each kind that no table knows. */
  readonly unknownKinds: ReadonlyMap<string, number>;
  /** Files and documents that were left out, by reason. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** How every run ends: what was read, judged and skipped, why, and what could not be read. */
export function lastLines(read: WhatWasRead, summary: ReportSummary, tally: Tally): readonly string[] {
  const { files, documents, unreadable, clusters } = read;
  const lines = [...clusters].map(
    ([source, { resources, asOf }]) =>
      `Read ${asOf === null ? 'cluster' : 'the snapshot of'} ${visible(source)}${asOf === null ? '' : ` as of ${new Date(asOf).toISOString().replace(/\.\d+Z$/, 'Z')}`}: ${count(resources, 'resource')}.`,
  );
  if (files > 0 || clusters.size === 0)
    lines.push(
      `Read ${count(files, 'file')}: ${count(documents, 'document')}${unreadable === 0 ? '' : `, ${unreadable} of which could not be read`}.`,
    );
  for (const [why, number] of read.leftOut) lines.push(`Left out ${number}: ${visible(why)}.`);
  if (read.unknownKinds.size > 0) {
    const kinds = [...read.unknownKinds].map(([kind, number]) => `${visible(kind)} (${number})`).join(', ');
    lines.push(`Unknown kinds, judged as data where a guardrail matches them: ${kinds}.`);
  }
  const { resources, guardrails, pass, fail, waived, skip, unknown, error } = summary;
  const matched = tally.unmatched === 0 ? '' : `, ${tally.unmatched} of them matched by none`;
  lines.push(
    `Judged ${count(resources, 'resource')} by ${count(guardrails, 'guardrail')}${matched}: ${pass} pass, ${fail} fail, ${waived} waived, ${skip} skip, ${unknown} unknown, ${error} error.`,
  );
  if (tally.untouched > 0)
    lines.push(`Not judged, since no change touches them: ${count(tally.untouched, 'resource')}.`);
  for (const [why, number] of tally.skipped.slice(0, 5)) lines.push(`Skipped ${number}: ${visible(why)}.`);
  return lines;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
