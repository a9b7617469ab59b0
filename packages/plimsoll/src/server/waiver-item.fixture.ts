import type { WaiverItem } from './schemas.ts';

/** A waiver as the API shows it. */
export function waiverItemOf(name: string, parts: Partial<WaiverItem> = {}): WaiverItem {
  return {
    name,
    origin: 'files',
    guardrails: ['*'],
    categories: null,
    advisories: null,
    sources: null,
    types: null,
    namespaces: null,
    names: null,
    selector: null,
    where: null,
    reason: 'because',
    owner: null,
    approver: null,
    ticket: null,
    until: null,
    expiresWhen: null,
    state: 'in force',
    findings: 1,
    among: 2,
    created: null,
    file: 'waivers.yaml',
    line: 1,
    problems: [],
    ...parts,
  };
}
