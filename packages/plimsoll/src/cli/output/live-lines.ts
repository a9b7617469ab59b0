import { displayName } from '../../model/resource.ts';
import type { ChangeItem, CoverageItem, FindingItem } from '../../server/schemas.ts';
import { messagesOf, resourceName } from '../scan/report.ts';
import { foldedGaps, namesOf } from './folded-gaps.ts';
import { gapName, reasonText } from './gap-rows.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

const clock = (time: string) => time.slice(11, 19);

/** A finding that opened, changed or ended, on one line. */
export function findingLine(finding: FindingItem, paint: Paint): string {
  const { state, outcome, severity, guardrail, resource, resolution, id } = finding;
  const object = resourceName(resource);
  if (state === 'resolved') {
    return `${paint.dim(clock(finding.resolvedAt ?? finding.changedAt))} ${paint.good('resolved')} ${visible(guardrail)} ${visible(object)} ${paint.dim(visible(resolution ?? ''))}`;
  }
  const mark = outcome === 'fail' ? paint.bad(severity) : paint.warn(outcome);
  const [message = ''] = messagesOf(finding);
  return `${paint.dim(clock(finding.changedAt))} ${mark} ${visible(guardrail)} ${paint.bold(visible(object))} ${visible(message)} ${paint.dim(id)}`;
}

/** A change of a resource, on one line. */
export function changeLine(change: ChangeItem, paint: Paint): string {
  return `${paint.dim(clock(change.at))} ${paint.dim(change.operation)} ${visible(displayName(change))}`;
}

/** Changes of what can be seen, a line for all types of a source that share state and reason. */
export function coverageLines(items: readonly CoverageItem[], paint: Paint): readonly string[] {
  return foldedGaps(items).map((gap) => {
    const since = gap.items.map((item) => item.since).toSorted()[0] ?? '';
    const reason = reasonText(gap);
    const words = `${gap.items.length === 1 ? 'is' : 'are'} ${gap.state}${reason === null ? '' : `: ${visible(reason)}`}`;
    return `${paint.dim(clock(since))} ${paint.dim('coverage')} ${visible(namesOf(gap, gapName))} ${words}`;
  });
}
