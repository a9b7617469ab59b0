import { nearestName } from '@plimsoll/cel';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { FieldPath, PolicyDocument, PolicyPart } from '../policy.ts';
import { documentFault } from './document-faults.ts';
import { type Format, anyKind } from './format.ts';
import { gatekeeperFormat } from './gatekeeper/index.ts';
import { guardrailFormat } from './guardrail/index.ts';
import { kyvernoClusterPolicyFormat } from './kyverno-cluster-policy/index.ts';
import { kyvernoPolicyExceptionFormat } from './kyverno-policy-exception/index.ts';
import { kyvernoRuleExceptionFormat } from './kyverno-rule-exception/index.ts';
import { kyvernoValidatingPolicyFormat } from './kyverno-validating-policy/index.ts';
import { brokenPolicy } from './policy-reading.ts';
import { validatingAdmissionPolicyFormat } from './validating-admission-policy/index.ts';

/** Every format, sorted by id; the only list that names them all. */
const formats: readonly Format[] = [
  gatekeeperFormat,
  guardrailFormat,
  kyvernoClusterPolicyFormat,
  kyvernoPolicyExceptionFormat,
  kyvernoRuleExceptionFormat,
  kyvernoValidatingPolicyFormat,
  validatingAdmissionPolicyFormat,
];

/** The groups that formats read, and those of what goes with policies. */
const groups = new Set(['plimsoll.dev', ...formats.flatMap(({ kinds }) => kinds.map(({ group }) => group))]);

/** True for an apiVersion of policies, of what belongs to them, and of waivers. */
export function isPolicyGroup(apiVersion: string): boolean {
  return groups.has(apiVersion.slice(0, apiVersion.indexOf('/')));
}

/** Words of which at least one stands in every document that {@link isPolicyGroup} is true of. */
export const policyMarkers: readonly string[] = [...groups];

const kindTable = new FileKinds();
const ofFormats = formats.flatMap(({ kinds }) => kinds);
const policyTypes = new Set(ofFormats.map(({ group, kind }) => kindTable.guess(`${group}/v1`, kind)));
const policyTypeGroups = new Set(ofFormats.flatMap(({ group, kind }) => (kind === anyKind ? [group] : [])));

/** True for the type of a kind that formats read, as clusters hold it: `templates.gatekeeper.sh/constrainttemplates`. */
export function isPolicyType(type: string): boolean {
  return policyTypes.has(type) || policyTypeGroups.has(type.slice(0, type.indexOf('/')));
}

/** Groups that hold policies alone, so that an unknown kind in them is a mistake and no mere resource. */
const policyGroups = new Map([['plimsoll.dev', ['Guardrail', 'Waiver']]]);

/** Kinds beside policies of ours, in their groups, that demand nothing of resources, and are not misspelt either. */
const otherKinds = new Set([
  'CleanupPolicy',
  'ClusterCleanupPolicy',
  'DeletingPolicy',
  'GeneratingPolicy',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingPolicy',
  'MutatingWebhookConfiguration',
  'NamespacedDeletingPolicy',
  'NamespacedGeneratingPolicy',
  'NamespacedMutatingPolicy',
  'ValidatingWebhookConfiguration',
]);

/**
 * Reads a document that may be a policy, a binding or what amends policies; empty where it is none. A kind that looks
 * like a misspelt one of ours is a broken policy (an unknown policy kind is never silently nothing).
 */
export function readPolicyDocument(document: PolicyDocument): readonly PolicyPart[] {
  const { group, version, kind } = groupVersionKind(document.body);
  for (const format of formats) {
    const known = format.kinds.find((one) => one.group === group && (one.kind === kind || one.kind === anyKind));
    if (known === undefined) continue;
    if (known.versions.includes(version)) return format.read(document);
    const message = `${group}/${version} is not read; there are ${known.versions.join(', ')}`;
    return [broken(document, ['apiVersion'], message)];
  }
  if (document.origin === 'cluster') return [];
  return misspelt(document, group, kind);
}

/** `{group: 'apps', version: 'v1', kind: 'Deployment'}`; the group of `v1` is `''`. */
function groupVersionKind(body: JsonObject): { group: string; version: string; kind: string } {
  const apiVersion = typeof body['apiVersion'] === 'string' ? body['apiVersion'] : '';
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: typeof body['kind'] === 'string' ? body['kind'] : '',
  };
}

/** A broken policy where the kind looks like one of ours, or is of a group that holds policies alone; else nothing. */
function misspelt(document: PolicyDocument, group: string, kind: string): readonly PolicyPart[] {
  const ours = policyGroups.get(group);
  const policies = formats.flatMap((format) => format.kinds);
  const names = ours ?? policies.filter((known) => known.group === group).map((known) => known.kind);
  if (names.includes(kind)) return [];
  const near = nearestName(kind, names);
  if (ours === undefined && near === null) return [];
  if (ours === undefined && otherKinds.has(kind)) return [];
  const message = `"${kind}" is no kind of policy${near === null ? '' : `; did you mean "${near}"?`}`;
  return [broken(document, ['kind'], message)];
}

function broken(document: PolicyDocument, path: FieldPath, message: string): PolicyPart {
  return { part: 'policy', policy: brokenPolicy(document, [documentFault(document, 'PLM1304', path, message)]) };
}
