import { compileSelector } from '../../../model/label-selector.ts';
import { type Json, member } from '../../../model/json.ts';
import type { Problem } from '../../../model/problem.ts';
import type { Narrowing } from '../../match/narrowing.ts';
import { policyContent } from '../../policy-content.ts';
import type { Binding, FieldPath, PolicyDocument } from '../../policy.ts';
import { documentFault } from '../document-faults.ts';
import { blankPolicy, readStrictly } from '../policy-reading.ts';
import { matchNarrowing } from './match-narrowing.ts';
import { type ConstraintSpec, type MatchSpec, constraintSchema } from './schema.ts';

const actions = ['deny', 'dryrun', 'warn', 'scoped'];
const scopes = ['*', 'Cluster', 'Namespaced'];
/** frameworks/constraint pkg/client/crds/schema.go. */
const longestName = 63;

/** A constraint as the binding of its template, which is named like its kind in lower case. */
export function readConstraint(document: PolicyDocument): Binding {
  const { reference, origin, place } = blankPolicy(document);
  const kind = String(document.body['kind']);
  const shell = {
    source: reference.source,
    origin,
    name: reference.name,
    policyKinds: ['ConstraintTemplate'],
    policyName: kind.toLowerCase(),
    paramRef: null,
    param: policyContent(document.body),
    matchResources: null,
    narrowing: [],
    enforcement: [],
    place,
    document,
    idle: origin === 'cluster' ? null : orphanFault(document, kind),
  };
  const reading = readStrictly(document, constraintSchema);
  if (reading.value === null) return { ...shell, problems: reading.faults };
  const { metadata, spec = {} } = reading.value;
  const faults: Problem[] = [...reading.faults];
  if (metadata.name.length > longestName)
    faults.push(documentFault(document, 'PLM1302', ['metadata', 'name'], `is longer than ${longestName} characters`));
  if (origin !== 'cluster') wordFaults(document, spec, faults);
  return {
    ...shell,
    narrowing: spec.match === undefined ? [] : [narrowingOf(document, spec.match, faults)],
    enforcement: enforcementOf(spec),
    problems: faults,
  };
}

function orphanFault(document: PolicyDocument, kind: string): Problem {
  return documentFault(document, 'PLM1309', ['kind'], `there is no ConstraintTemplate of kind ${kind}`);
}

function narrowingOf(document: PolicyDocument, match: MatchSpec, faults: Problem[]): Narrowing {
  const selector = (name: 'labelSelector' | 'namespaceSelector') =>
    compileSelector(match[name], (inner, message) => {
      faults.push(documentFault(document, 'PLM1302', ['spec', 'match', name, ...inner], message));
    });
  const says: Json = member(document.body['spec'], 'match') ?? null;
  return matchNarrowing(match, { labels: selector('labelSelector'), namespaces: selector('namespaceSelector') }, says);
}

/** In a cluster Gatekeeper has accepted the words, and takes those that it does not know as it does. */
function wordFaults(document: PolicyDocument, spec: ConstraintSpec, faults: Problem[]): void {
  const { enforcementAction, scopedEnforcementActions, match } = spec;
  const fault = (path: FieldPath, message: string) =>
    void faults.push(documentFault(document, 'PLM1302', ['spec', ...path], message));
  if (enforcementAction !== undefined && !actions.includes(enforcementAction))
    fault(['enforcementAction'], `"${enforcementAction}" is no action; there are ${actions.join(', ')}`);
  if (enforcementAction === 'scoped' && scopedEnforcementActions === undefined)
    fault(['scopedEnforcementActions'], 'is required where enforcementAction is scoped');
  if (match?.scope !== undefined && !scopes.includes(match.scope))
    fault(['match', 'scope'], `"${match.scope}" is no scope; there are ${scopes.join(', ')}`);
}

/** What is done about a violation (frameworks/constraint pkg/apis/constraints): deny where nothing is said. */
function enforcementOf({ enforcementAction = 'deny', scopedEnforcementActions = [] }: ConstraintSpec) {
  if (enforcementAction !== 'scoped') return [{ action: enforcementAction, points: [] }];
  return scopedEnforcementActions.map(({ action, enforcementPoints }) => {
    const points = enforcementPoints.map(({ name }) => name);
    return { action, points: points.includes('*') ? [] : points };
  });
}
