import type { Oracle } from '@plimsoll/testcluster';
import { Comparer, type Difference } from './compare.ts';
import { reasonFor } from './known-differences.ts';
import type { Question } from './our-answers.ts';

/** At once to the oracle: enough to keep it busy, little enough to hold. */
const BATCH = 500;

/** What a comparison of many questions came to. */
export interface Survey {
  readonly pairs: number;
  readonly expressions: number;
  /** Pairs that neither compiles. */
  readonly refused: number;
  /** By the reason that is listed for them. */
  readonly known: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

/** Asks both, and sorts what differs. */
export async function survey(oracle: Oracle, questions: readonly Question[]): Promise<Survey> {
  const comparer = new Comparer(oracle);
  const known = new Map<string, number>();
  const differences: Difference[] = [];
  let refused = 0;
  for (let at = 0; at < questions.length; at += BATCH) {
    const found = await comparer.compare(questions.slice(at, at + BATCH));
    refused += found.refused;
    for (const difference of found.differences) {
      const reason = reasonFor(difference);
      if (reason !== undefined) known.set(reason, (known.get(reason) ?? 0) + 1);
      else differences.push(difference);
    }
  }
  const expressions = new Set(questions.map(({ expression }) => expression)).size;
  return { pairs: questions.length, expressions, refused, known, differences };
}

/** A difference in words. */
export function inWords({ question, kind, ours, theirs }: Difference): string {
  const { expression, version = '1.36', mode = 'stored' } = question;
  return `${kind} of ${expression} (${version} ${mode}): ours ${ours}, cel-go's ${theirs}`;
}
