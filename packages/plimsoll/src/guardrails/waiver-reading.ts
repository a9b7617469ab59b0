import { type Waiver, type WaiverDocument, type WaiverExpression, waiverDocument } from '../findings/waiver.ts';
import type { Problem } from '../model/problem.ts';
import { compileSelector } from '../model/label-selector.ts';
import { documentFault, schemaFaults } from './formats/document-faults.ts';
import type { PolicyDocument } from './policy.ts';
import { compileWaiverExpression } from './waiver-expression.ts';

/** True for a document that is a waiver, or means to be one. */
export function isWaiver({ body }: Pick<PolicyDocument, 'body'>): boolean {
  return body['kind'] === 'Waiver' && String(body['apiVersion']).startsWith('plimsoll.dev/');
}

/** A waiver from its document, strictly; null with its faults where it has any. `origin` is the document's where left out. */
export function readWaiver(
  document: PolicyDocument,
  origin: Waiver['origin'] = document.origin === 'builtin' ? 'builtin' : 'files',
): { readonly waiver: Waiver | null; readonly faults: readonly Problem[] } {
  const read = waiverDocument.safeParse(document.body);
  if (!read.success) return { waiver: null, faults: schemaFaults(document, read.error, waiverDocument) };
  const faults: Problem[] = [];
  const waiver = waiverOf(read.data, document, origin, faults);
  return { waiver: faults.length === 0 ? waiver : null, faults };
}

function waiverOf(written: WaiverDocument, document: PolicyDocument, origin: Waiver['origin'], faults: Problem[]) {
  const { metadata, spec } = written;
  const fault = (path: readonly (string | number)[], message: string) =>
    void faults.push(documentFault(document, 'PLM1302', ['spec', ...path], message));
  const isOfAdvisories = spec.advisories !== undefined;
  if (!isOfAdvisories && spec.guardrails === undefined && spec.categories === undefined)
    fault([], `names nothing that it waives: give guardrails ("*" for all), categories or advisories`);
  if (isOfAdvisories && (spec.guardrails !== undefined || spec.categories !== undefined))
    fault(['advisories'], 'a finding is of a guardrail or of an advisory, never of both: write two waivers');
  if (spec.expiresWhen === fixAvailable && !isOfAdvisories)
    fault(['expiresWhen'], `${fixAvailable} is about advisories, and this waiver names none`);
  const compiled = (field: 'where' | 'expiresWhen'): WaiverExpression | null => {
    const text = spec[field];
    if (text === undefined || text === fixAvailable) return null;
    const { expression, faults: found } = compileWaiverExpression(text, document, ['spec', field]);
    faults.push(...found);
    return expression;
  };
  return {
    name: metadata.name,
    origin,
    guardrails: spec.guardrails ?? null,
    categories: spec.categories ?? null,
    advisories: spec.advisories ?? null,
    sources: spec.sources ?? null,
    types: spec.types ?? null,
    namespaces: spec.namespaces ?? null,
    names: spec.names ?? null,
    selector: compileSelector(spec.selector, (path, message) => fault(['selector', ...path], message)),
    where: compiled('where'),
    reason: spec.reason,
    owner: spec.owner ?? null,
    approver: spec.approver ?? null,
    ticket: spec.ticket ?? null,
    expires: spec.expires === undefined ? null : Date.parse(spec.expires),
    expiresWhen: spec.expiresWhen === fixAvailable ? fixAvailable : compiled('expiresWhen'),
    place: document.place,
    document: written,
  } satisfies Waiver;
}

const fixAvailable = 'fixAvailable';
