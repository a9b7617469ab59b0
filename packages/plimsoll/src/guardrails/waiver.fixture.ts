import type { Waiver } from '../findings/waiver.ts';
import type { JsonObject } from '../model/json.ts';
import type { PolicyDocument } from './policy.ts';
import { readWaiver } from './waiver-reading.ts';

/** The document of a waiver, as a file holds it; of all guardrails where `spec` says nothing of that. */
export function waiverDocumentOf(name: string, spec: JsonObject = {}): PolicyDocument {
  const about = ['guardrails', 'categories', 'advisories'].some((field) => field in spec) ? {} : { guardrails: ['*'] };
  const body = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Waiver',
    metadata: { name },
    spec: { reason: 'because', ...about, ...spec },
  };
  return { source: 'files', origin: 'files', body, place: { file: 'waivers.yaml', document: 1, line: 1 } };
}

/** A waiver from such a document. */
export function waiverOf(name: string, spec: JsonObject = {}): Waiver {
  const { waiver, faults } = readWaiver(waiverDocumentOf(name, spec));
  if (waiver === null) throw new Error(faults.map(({ message }) => message).join('\n'));
  return waiver;
}
