import { isAwaited, isMissed } from '../../model/coverage.ts';
import type { CoverageItem, ListCoverage } from '../../server/schemas.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { foldedGaps, namesOf, type FoldedGap } from './folded-gaps.ts';
import { gapName, reasonText } from './gap-rows.ts';

/** Reasons told of what a list could not see. */
const mostLines = 10;

/** What is not seen for one reason, as a sentence. */
export function gapText(gap: FoldedGap<CoverageItem>): string {
  const reason = reasonText(gap);
  const verb = gap.items.length === 1 ? 'is' : 'are';
  return `Not seen: ${namesOf(gap, gapName)} ${verb} ${gap.state}${reason === null ? '' : ` (${reason})`}.`;
}

/**
 * Says on standard error what a list could not see, so that its absence never reads as "none"; exit 3 where something
 * is forbidden, does not answer, is still being listed for the first time or still being judged, or `--where` had no
 * answer for an item,
 * unless `--allow-unknown`.
 */
export function noteCoverage(coverage: ListCoverage, allowUnknown: boolean, terminal: Pick<Terminal, 'say'>): ExitCode {
  const gaps = coverage.gaps.filter(isMissed);
  const folded = foldedGaps(gaps);
  for (const gap of folded.slice(0, mostLines)) {
    terminal.say(gapText(gap));
  }
  const rest = folded.slice(mostLines).flatMap(({ items }) => items).length;
  if (rest > 0) terminal.say(`Not seen: ${rest} more; \`plimsoll sources\` lists them.`);
  const awaited = coverage.gaps.filter(isAwaited);
  const connecting = awaited.filter(({ type }) => type === '*').map(gapName);
  if (connecting.length > 0) terminal.say(`Still being connected to: ${connecting.join(', ')}.`);
  const types = awaited.length - connecting.length;
  if (types > 0) terminal.say(`Still being listed for the first time: ${types} ${types === 1 ? 'type' : 'types'}.`);
  const { judging } = coverage;
  if (judging) terminal.say('Guardrails are still being held against what is known: more findings may open.');
  const { count, example } = coverage.undecided;
  if (count > 0)
    terminal.say(
      `--where had no answer for ${count === 1 ? '1 item, which is' : `${count} items, which are`} left out${example === null ? '' : `: ${example}`}.`,
    );
  return (gaps.length > 0 || awaited.length > 0 || count > 0 || judging) && !allowUnknown
    ? exitCodes.unseen
    : exitCodes.good;
}
