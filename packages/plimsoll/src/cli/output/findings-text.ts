import { rolledUpTo, rollupItems } from '../../server/rollup-items.ts';
import type { FindingItem, RollupItem } from '../../server/schemas.ts';
import type { Options } from '../option-table.ts';
import { gradeText } from '../scan/table-report.ts';
import { messagesOf, resourceName, resourcePlace } from '../scan/report.ts';
import { withoutRequest } from './folded-gaps.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

/** Findings shown of one group; the rest is counted. */
const mostShown = 10;

/**
 * Findings for a person, grouped; each with its object, message, place and the id that `explain` takes. But for `by`
 * resource, those at a pod and at its owners are one, at the topmost owner.
 */
export function findingsText(findings: readonly FindingItem[], by: Options['by'], paint: Paint): string {
  const groups = Map.groupBy(findings, (finding) => groupOf(finding, by));
  return [...groups].map(([name, group]) => groupText(name, group, by, paint)).join('');
}

function groupOf(finding: FindingItem, by: Options['by']): string {
  const { resource } = finding;
  if (by === 'guardrail') return finding.guardrail;
  if (by === 'source') return resource.source;
  if (by === 'resource') return resourceName(finding.resource);
  return resourceName({ source: resource.source, ...rolledUpTo(finding) });
}

function groupText(name: string, group: readonly FindingItem[], by: Options['by'], paint: Paint): string {
  const grade = group[0] === undefined ? '' : gradeText(group[0].severity, paint);
  const head = `${paint.bold(visible(name))}  ${grade}  ${paint.dim(String(group.length))}\n`;
  const lines =
    by === 'resource'
      ? group.map((finding) => findingText(finding, by, paint))
      : rollupItems(group).map((rollup) => rollupText(rollup, group, by, paint));
  const more = lines.length > mostShown ? `  ${paint.dim(`… and ${lines.length - mostShown} more`)}\n` : '';
  return `${head}${lines.slice(0, mostShown).join('')}${more}\n`;
}

/** A roll-up of one finding is that finding; of several, its owner with their number, and the first of them. */
function rollupText(rollup: RollupItem, group: readonly FindingItem[], by: Options['by'], paint: Paint): string {
  const { owner, source, guardrail, count, examples } = rollup;
  const first = group.find(({ id }) => id === examples[0]?.id);
  if (first === undefined) return '';
  const unseen =
    owner.unseen === null ? '' : `  ${paint.warn(`owner not seen: ${visible(withoutRequest(owner.unseen))}`)}`;
  const isItself = owner.type === first.resource.type && owner.name === first.resource.name;
  if (count === 1 && isItself) return findingText(first, by === 'owner' ? 'resource' : by, paint);
  const name = by === 'owner' ? guardrail : resourceName({ source, ...owner });
  const { type, name: example } = first.resource;
  const of = `×${count}${isItself ? '' : `, ${count === 1 ? '' : 'e.g. '}${type} ${visible(example)}`}`;
  const head = `  ${markOf(first, paint)} ${visible(name)}  ${paint.bold(of)}${unseen}${staleText(first, paint)}  ${paint.dim(first.id)}\n`;
  return head + detailsText(first, paint);
}

function markOf({ state, outcome }: FindingItem, paint: Paint): string {
  return state === 'resolved' ? paint.good('✓') : outcome === 'fail' ? paint.bad('✗') : paint.warn(outcome);
}

/** That a finding stands as it was judged when all that it rests on was last seen; empty where that is now. */
function staleText({ stale, resource }: FindingItem, paint: Paint): string {
  if (stale === null) return '';
  const what = stale.type === resource.type ? '' : `${visible(stale.type)} `;
  return `  ${paint.warn(`${what}not seen since ${stale.since.replace(/\.\d+Z$/, 'Z')}: ${stale.state}`)}`;
}

/** One finding on two or more lines. */
export function findingText(finding: FindingItem, by: Options['by'], paint: Paint): string {
  const { id, resource } = finding;
  const place = resource.file === null ? '' : `  ${paint.dim(visible(resourcePlace(finding)))}`;
  const first = by === 'resource' ? finding.guardrail : resourceName(finding.resource);
  return `  ${markOf(finding, paint)} ${visible(first)}${place}${staleText(finding, paint)}  ${paint.dim(id)}\n${detailsText(finding, paint)}`;
}

/** What a finding says, and by whom it is waived. */
function detailsText(finding: FindingItem, paint: Paint): string {
  const messages = messagesOf(finding)
    .flatMap((message) => message.split('\n'))
    .map((line) => `      ${visible(line)}\n`);
  const { waivedBy } = finding;
  const waiver =
    waivedBy === null
      ? ''
      : `      ${paint.dim(`waived by ${visible(waivedBy.waiver)}: ${visible(waivedBy.reason)}`)}\n`;
  return `${messages.join('')}${waiver}`;
}
