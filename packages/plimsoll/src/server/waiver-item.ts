import { selectorText } from '../model/label-selector.ts';
import type { AuditedWaiver } from '../guardrails/waiver-report.ts';
import { problemItem, timeText } from './items.ts';
import type { WaiverItem } from './schemas.ts';

/** A waiver as the API shows it, with what its audit says; `created` null for one that stands in a file. */
export function waiverItem(
  { waiver, state, count, problems }: AuditedWaiver,
  created: { readonly at: number; readonly by: string | null } | null,
): WaiverItem {
  const { selector, where, expires, expiresWhen, place } = waiver;
  const patterns = (list: readonly string[] | null) => (list === null ? null : [...list]);
  return {
    name: waiver.name,
    origin: waiver.origin,
    guardrails: patterns(waiver.guardrails),
    categories: patterns(waiver.categories),
    advisories: patterns(waiver.advisories),
    sources: patterns(waiver.sources),
    types: patterns(waiver.types),
    namespaces: patterns(waiver.namespaces),
    names: patterns(waiver.names),
    selector: selector === null ? null : selectorText(selector),
    where: where?.text ?? null,
    reason: waiver.reason,
    owner: waiver.owner,
    approver: waiver.approver,
    ticket: waiver.ticket,
    until: expires === null ? null : timeText(expires),
    expiresWhen: expiresWhen === null || expiresWhen === 'fixAvailable' ? expiresWhen : expiresWhen.text,
    state,
    findings: count?.covered ?? null,
    among: count?.among ?? null,
    created: created === null ? null : { at: timeText(created.at), by: created.by },
    file: place?.file ?? null,
    line: place?.line ?? null,
    problems: problems.map(problemItem),
  };
}
