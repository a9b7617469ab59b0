import { dump } from 'js-yaml';
import { type LibraryEntry, presetNames, presetPolicies } from './read-library.ts';

/** What each preset is for, by its name. */
const purposes: ReadonlyMap<string, string> = new Map([
  ['cis', 'What the CIS Kubernetes Benchmark asks of what can be seen through the API'],
  ['multi-tenant', 'For clusters that teams or customers share: what one of them could do to the others'],
  ['nsa', 'What the Kubernetes Hardening Guidance of NSA and CISA asks'],
  [
    'pod-security-baseline',
    'The Pod Security Standards, level baseline: no known ways out of a pod. What is used by default',
  ],
  ['pod-security-restricted', 'The Pod Security Standards, level restricted: pods as hardened as they can be'],
  ['production', 'What should hold wherever something runs that people rely on'],
]);

/** A preset with its guardrails at the newest version. */
export interface Preset {
  readonly name: string;
  readonly purpose: string;
  readonly guardrails: readonly string[];
}

/** Every preset of a library, in order of their names. */
export function presetsOf(library: readonly LibraryEntry[]): readonly Preset[] {
  return presetNames(library).map((name) => ({
    name,
    purpose: purposes.get(name) ?? '',
    guardrails: presetPolicies(name, library)
      .flatMap((part) => (part.part === 'policy' ? [part.policy.reference.name] : []))
      .toSorted(),
  }));
}

/** The text of guardrails/presets.yaml. */
export function presetTable(library: readonly LibraryEntry[]): string {
  const table = Object.fromEntries(presetsOf(library).map(({ name, ...preset }) => [name, preset]));
  return `# Generated from the metadata of the guardrails (vitest -u): what each preset holds at the newest version.\n${dump(table, { lineWidth: 110 })}`;
}
