import { FileKinds } from '../../../model/kinds.ts';
import type { AdmissionMatch } from '../../match/narrowing.ts';
import type { Rule } from '../../policy.ts';
import type { MatchSelectors } from './match-narrowing.ts';
import type { MatchSpec } from './schema.ts';

const kindTable = new FileKinds();

/** The namespace of what is asked about, of a Namespace its own name; empty where there is none. */
const namespace =
  "(object.kind == 'Namespace' && object.apiVersion == 'v1' ? object.metadata.name : object.metadata.?namespace.orValue(''))";

/**
 * A constraint's `spec.match` in the terms of the API server, for CREATE and UPDATE, of which Gatekeeper's webhook is
 * asked (gatekeeper pkg/drivers/k8scel/transform/cel_snippets.go does it with conditions alone).
 */
export function admissionMatch(match: MatchSpec, { labels, namespaces }: MatchSelectors): AdmissionMatch | string {
  const { kinds, scope, source, name } = match;
  if (source === 'Generated') return 'match.source Generated is about what an expansion makes';
  if (scope !== undefined && !['*', 'Cluster', 'Namespaced', ''].includes(scope))
    return `match.scope "${scope}" is none`;
  const conditions = [
    ...(match.namespaces.length === 0
      ? []
      : [{ name: 'gatekeeper.namespaces', expression: `${namespace} == '' || ${anyOf(match.namespaces, namespace)}` }]),
    ...(match.excludedNamespaces.length === 0
      ? []
      : [
          {
            name: 'gatekeeper.excluded-namespaces',
            expression: `${namespace} == '' || !(${anyOf(match.excludedNamespaces, namespace)})`,
          },
        ]),
    ...(name === undefined || name === ''
      ? []
      : [{ name: 'gatekeeper.name', expression: anyOf([name], 'object.metadata.name') }]),
  ];
  return {
    rules: kinds.length === 0 ? [ruleOf(['*'], ['*'], scope)] : kinds.flatMap((one) => rulesOf(one, scope)),
    namespaceSelector: namespaces,
    objectSelector: labels,
    conditions,
  };
}

function rulesOf(
  { apiGroups = [], kinds = [] }: MatchSpec['kinds'][number],
  scope: string | undefined,
): readonly Rule[] {
  const groups = apiGroups.length === 0 ? ['*'] : apiGroups;
  if (kinds.length === 0 || kinds.includes('*')) return [ruleOf(groups, ['*'], scope)];
  return groups.map((group) =>
    ruleOf(
      [group],
      kinds.map((kind) => resourceOf(group, kind)),
      scope,
    ),
  );
}

/** The plural of a kind. */
function resourceOf(group: string, kind: string): string {
  const apiVersion = group === '' || group === '*' ? 'v1' : `${group}/v1`;
  const type = kindTable.of(apiVersion, kind)?.type ?? kindTable.guess(apiVersion, kind);
  return type.slice(type.indexOf('/') + 1);
}

function ruleOf(apiGroups: readonly string[], resources: readonly string[], scope: string | undefined): Rule {
  const isOne = scope === 'Cluster' || scope === 'Namespaced';
  const operations = ['CREATE', 'UPDATE'];
  return { apiGroups, apiVersions: ['*'], resources, operations, scope: isOne ? scope : '*', resourceNames: [] };
}

/** Whether a text is meant by one of Gatekeeper's globs, in CEL (pkg/wildcard `Matches`). */
function anyOf(globs: readonly string[], text: string): string {
  return globs.map((glob) => globText(glob, text)).join(' || ');
}

function globText(glob: string, text: string): string {
  const quoted = JSON.stringify(glob.replace(/^\*/, '').replace(/\*$/, ''));
  if (glob.startsWith('*') && glob.endsWith('*')) return `${text}.contains(${quoted})`;
  if (glob.startsWith('*')) return `${text}.endsWith(${quoted})`;
  return glob.endsWith('*') ? `${text}.startsWith(${quoted})` : `${text} == ${quoted}`;
}
