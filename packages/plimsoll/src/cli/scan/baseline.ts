import { readFileSync } from 'node:fs';
import { PlimsollError } from '../../model/errors.ts';
import type { VerdictItem } from '../../server/schemas.ts';
import { scanReportSchema } from './report-schema.ts';

/**
 * What an earlier scan found, as its `-o json` says it. A verdict is known where one of the same guardrail (with its
 * binding, rule and param) on the same resource had the same outcome, and every validation that is false now was false
 * then. Files and lines do not count: what moves stays known.
 */
export class Baseline {
  readonly #known = new Map<string, { readonly validations: ReadonlySet<string>; met: boolean }>();
  /** Verdicts that were known. */
  met = 0;

  /** @throws PlimsollError PLM1015 where the file is no ScanReport, or cannot be read */
  constructor(file: string) {
    const report = scanReportSchema.safeParse(jsonIn(file));
    if (!report.success) throw new PlimsollError('PLM1015', 'This is no ScanReport of scan -o json.', { file });
    for (const verdict of report.data.verdicts)
      if (isFinding(verdict)) this.#known.set(keyOf(verdict), { validations: validationsOf(verdict), met: false });
  }

  /** True for a verdict that the earlier scan had too. */
  knows(verdict: VerdictItem): boolean {
    if (!isFinding(verdict)) return false;
    const known = this.#known.get(keyOf(verdict));
    if (known === undefined) return false;
    known.met = true;
    if (!validationsOf(verdict).isSubsetOf(known.validations)) return false;
    this.met += 1;
    return true;
  }

  /** How many of the earlier scan's findings this one has not. */
  get gone(): number {
    return [...this.#known.values()].filter(({ met }) => !met).length;
  }
}

/** What may be accepted for now: what was waived, passed or skipped is no finding. */
function isFinding({ outcome }: VerdictItem): boolean {
  return outcome === 'fail' || outcome === 'unknown' || outcome === 'error';
}

function keyOf({ guardrail, policy, binding, rule, param, resource, outcome }: VerdictItem): string {
  const { source, type, namespace, name } = resource;
  const judged = [guardrail, policy.source, policy.kind, policy.namespace, binding, rule, param, outcome];
  return JSON.stringify([...judged, source, type, namespace, name]);
}

/** By their text: a validation that is put before others does not make those new. */
function validationsOf({ violations }: VerdictItem): ReadonlySet<string> {
  return new Set(violations.map(({ expression }) => expression));
}

function jsonIn(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlimsollError('PLM1015', `The baseline cannot be read: ${why}`, { file }, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
