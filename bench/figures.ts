import { cpus } from 'node:os';

/** One figure of a bench, as `--json` prints it (one row). */
export interface Figure {
  readonly what: string;
  /** The median of `runs`. */
  readonly value: number;
  /** What is to be reached; null for a figure that is shown for comparison. */
  readonly target: number | null;
  readonly better: 'lower' | 'higher';
  /** Whether the target is met; null where there is none. */
  readonly ok: boolean | null;
  readonly runs: readonly number[];
}

/** A bench: its name on the command line and what it measures. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(log: (line: string) => void): Promise<readonly Figure[]>;
}

/** The middle value; of an even number of values the lower of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[(sorted.length - 1) >> 1];
  if (middle === undefined) throw new Error('median of nothing');
  return middle;
}

/** The value below which `share` (0–1) of the values lie; nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (value === undefined) throw new Error('percentile of nothing');
  return value;
}

/** A figure from its runs: the median, held against the target where there is one. */
export function figure(
  what: string,
  better: 'lower' | 'higher',
  runs: readonly number[],
  target: number | null = null,
): Figure {
  const value = round(median(runs));
  const ok = target === null ? null : better === 'lower' ? value <= target : value >= target;
  return { what, value, target, better, ok, runs: runs.map(round) };
}

/** Three significant digits: more would be noise. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** The machine in words, for whoever reads a figure later. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${cpus().length} × ${model}, Node.js ${process.version}, ${process.platform}-${process.arch}`;
}
