import type { FindingItem } from '../../server/schemas.ts';
import type { Options } from '../option-table.ts';
import { gradeText } from '../scan/table-report.ts';
import { messagesOf, resourcePlace } from '../scan/report.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

/** Findings shown of one group; the rest is counted. */
const mostShown = 10;

/** Findings for a person, grouped; each with its object, message, place and the id that `explain` takes. */
export function findingsText(findings: readonly FindingItem[], by: Options['by'], paint: Paint): string {
  const groups = Map.groupBy(findings, (finding) => groupOf(finding, by));
  return [...groups].map(([name, group]) => groupText(name, group, by, paint)).join('');
}

function groupOf(finding: FindingItem, by: Options['by']): string {
  const { resource } = finding;
  if (by === 'guardrail') return finding.guardrail;
  if (by === 'source') return resource.source;
  if (by === 'resource') return title(finding);
  return `${resource.source}/${resource.namespace ?? '(cluster)'}`;
}

function groupText(name: string, group: readonly FindingItem[], by: Options['by'], paint: Paint): string {
  const grade = group[0] === undefined ? '' : gradeText(group[0].severity, paint);
  const head = `${paint.bold(visible(name))}  ${grade}  ${paint.dim(String(group.length))}\n`;
  const lines = group.slice(0, mostShown).map((finding) => findingText(finding, by, paint));
  const more = group.length > mostShown ? `  ${paint.dim(`… and ${group.length - mostShown} more`)}\n` : '';
  return `${head}${lines.join('')}${more}\n`;
}

/** One finding on two or more lines. */
export function findingText(finding: FindingItem, by: Options['by'], paint: Paint): string {
  const { outcome, state, id, resource } = finding;
  const mark = state === 'resolved' ? paint.good('✓') : outcome === 'fail' ? paint.bad('✗') : paint.warn(outcome);
  const place = resource.file === null ? '' : `  ${paint.dim(visible(resourcePlace(finding)))}`;
  const first = by === 'resource' ? finding.guardrail : title(finding);
  const messages = messagesOf(finding)
    .flatMap((message) => message.split('\n'))
    .map((line) => `      ${visible(line)}\n`);
  const waiver =
    finding.waivedBy === null
      ? ''
      : `      ${paint.dim(`waived by ${visible(finding.waivedBy.waiver)}: ${visible(finding.waivedBy.reason)}`)}\n`;
  return `  ${mark} ${visible(first)}${place}  ${paint.dim(id)}\n${messages.join('')}${waiver}`;
}

function title({ resource }: FindingItem): string {
  const { source, type, namespace, name } = resource;
  return [source, type, ...(namespace === null ? [] : [namespace]), name].join('/');
}
