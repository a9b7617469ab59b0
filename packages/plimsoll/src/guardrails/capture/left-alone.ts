import { type Json, member } from '../../model/json.ts';
import type { Captured } from './captured.ts';

/** Types whose objects controllers write, and nobody else. */
const controllersOwn: ReadonlyMap<string, string> = new Map([
  ['apps/controllerrevisions', 'controllers keep their revisions in them'],
  ['coordination.k8s.io/leases', 'they change every few seconds'],
  ['core/componentstatuses', 'they are no objects'],
  ['core/endpoints', 'they are made of Services and Pods'],
  ['core/events', 'they come and go'],
  ['core/nodes', 'machines come and go'],
  ['discovery.k8s.io/endpointslices', 'they are made of Services and Pods'],
  ['events.k8s.io/events', 'they come and go'],
  ['metrics.k8s.io/nodes', 'they are measurements'],
  ['metrics.k8s.io/pods', 'they are measurements'],
  ['openreports.io/reports', 'they are reports'],
  ['wgpolicyk8s.io/policyreports', 'they are reports'],
]);

/** Objects that Kubernetes puts into every namespace. */
const everywhere = new Set(['core/configmaps kube-root-ca.crt', 'core/serviceaccounts default']);

/** Why an object is not captured: whoever makes it would make it anew, or change it; null: it is captured. */
export function leftAlone({ type, name, body }: Captured): string | null {
  const { metadata } = body;
  const own = controllersOwn.get(type);
  if (own !== undefined) return `${type}: ${own}`;
  if (everywhere.has(`${type} ${name}`)) return `${type} ${name}: Kubernetes puts it into every namespace`;
  const owners = member(metadata, 'ownerReferences');
  if (Array.isArray(owners)) {
    const controller = (owners as readonly Json[]).find((owner) => member(owner, 'controller') === true);
    if (controller !== undefined) return `${type}: made by their ${String(member(controller, 'kind'))}`;
  }
  if (member(metadata, 'deletionTimestamp') !== undefined) return `${type}: being deleted`;
  return type === 'core/secrets' && member(body, 'type') === 'kubernetes.io/service-account-token'
    ? 'core/secrets: tokens of ServiceAccounts'
    : null;
}
