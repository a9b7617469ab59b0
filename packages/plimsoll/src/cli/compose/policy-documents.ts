import { readPolicyDocument } from '../../guardrails/formats/registry.ts';
import {
  libraryFolder,
  libraryWaivers,
  presetNotices,
  presetPolicies,
  readLibrary,
} from '../../guardrails/library/read-library.ts';
import type { PolicyDocument, PolicyPart } from '../../guardrails/policy.ts';
import type { Waiver } from '../../findings/waiver.ts';
import { documentFault } from '../../guardrails/formats/document-faults.ts';
import { isWaiver, readWaiver } from '../../guardrails/waiver-reading.ts';
import type { Problem } from '../../model/problem.ts';

/** The preset that is used where the user names no guardrails. */
export const defaultPreset = 'builtin:pod-security-baseline';

/** Policies, bindings and waivers as they are collected from documents and presets. */
export class PolicyDocuments {
  readonly parts: PolicyPart[] = [];
  readonly waivers: Waiver[] = [];
  /** Those of the user's own paths, which presets do not ship with. */
  readonly ownWaivers: Waiver[] = [];
  /** Of waivers and presets; policies carry their own. */
  readonly problems: Problem[] = [];

  /** Takes a document; false where it is no waiver, and nothing that a format reads. */
  take(document: PolicyDocument): boolean {
    if (isWaiver(document)) {
      this.#takeWaiver(document);
      return true;
    }
    const parts = readPolicyDocument(document);
    this.parts.push(...parts);
    return parts.length > 0;
  }

  /**
   * Takes the guardrails of presets (`builtin:NAME[@VERSION]`), each once, and the waivers that ship with them.
   *
   * @throws PlimsollError PLM1311 for a preset that is not there
   */
  takePresets(presets: readonly string[]): void {
    if (presets.length === 0) return;
    const library = readLibrary(libraryFolder);
    const named = presets.flatMap((preset) => presetPolicies(preset, library));
    this.problems.push(...presetNotices(presets, library));
    const seen = new Set<string>();
    for (const part of named) {
      const { name } = part.policy.reference;
      if (!seen.has(name)) this.parts.push(part);
      seen.add(name);
    }
    for (const { file, body } of libraryWaivers())
      this.#takeWaiver({ source: 'builtin', origin: 'builtin', body, place: { file, document: 1, line: 1 } });
  }

  #takeWaiver(document: PolicyDocument): void {
    const { waiver, faults } = readWaiver(document);
    this.problems.push(...faults);
    if (waiver === null) return;
    if (this.waivers.some(({ name }) => name === waiver.name)) {
      this.problems.push(documentFault(document, 'PLM1312', ['metadata', 'name'], `"${waiver.name}" is there twice`));
      return;
    }
    this.waivers.push(waiver);
    if (document.origin !== 'builtin') this.ownWaivers.push(waiver);
  }
}
