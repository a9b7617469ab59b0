import type { Change } from '../../model/change.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Resource } from '../../model/resource.ts';
import { isPolicyType } from '../formats/registry.ts';
import { policyContent } from '../policy-content.ts';

/** True of a change that makes a policy, or what goes with it, say something else: its status is no matter. */
export function changesPolicies({ key, resource }: Change, before: Resource | null): boolean {
  if (!isPolicyType(key.type)) return false;
  if (resource === null || before === null || resource.apiVersion !== before.apiVersion) return true;
  return jsonText(policyContent(resource.body)) !== jsonText(policyContent(before.body));
}
