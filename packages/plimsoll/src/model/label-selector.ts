import { member } from './json.ts';
import type { Json } from './json.ts';

/** One requirement on a label; `matchLabels` become `In` of one value. */
interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** All of its requirements must hold; an empty selector selects everything. */
export interface Selector {
  readonly requirements: readonly Requirement[];
}

/** A label selector as the API has it. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
    | undefined;
}

const namePattern = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const prefixPattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Compiles a label selector; null where it selects everything. Faults (Kubernetes'
 * `metav1.LabelSelectorAsSelector`, labels.NewRequirement) are given to `fault` with the field they are in.
 */
export function compileSelector(
  selector: LabelSelector | undefined,
  fault: (path: readonly (string | number)[], message: string) => void,
): Selector | null {
  if (selector === undefined) return null;
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    check(key, [value], ['matchLabels', key], fault);
    requirements.push({ key, operator: 'In', values: [value] });
  }
  (selector.matchExpressions ?? []).forEach(({ key, operator, values = [] }, index) => {
    const path = ['matchExpressions', index];
    check(key, values, path, fault);
    if (!isOperator(operator)) {
      fault([...path, 'operator'], `"${operator}" is no operator; there are In, NotIn, Exists and DoesNotExist`);
      return;
    }
    const wantsValues = operator === 'In' || operator === 'NotIn';
    if (wantsValues && values.length === 0) fault([...path, 'values'], `${operator} needs at least one value`);
    if (!wantsValues && values.length > 0) fault([...path, 'values'], `${operator} takes no values`);
    requirements.push({ key, operator, values });
  });
  return requirements.length === 0 ? null : { requirements };
}

/** Whether `labels` (an object's `metadata.labels`, which may be missing) satisfy every requirement. */
export function selects(selector: Selector, labels: Json | undefined): boolean {
  for (const requirement of selector.requirements) {
    if (!holds(requirement, member(labels, requirement.key))) return false;
  }
  return true;
}

/**
 * The same where some labels may be unknown: `known` says of a key whether its presence and value are. False as soon
 * as a known requirement fails; otherwise the first key that decides and is not known.
 */
export function selectsPartially(
  selector: Selector,
  labels: Json | undefined,
  known: (key: string) => boolean,
): boolean | { readonly unknownKey: string } {
  let unknownKey: string | null = null;
  for (const requirement of selector.requirements) {
    if (!known(requirement.key)) unknownKey ??= requirement.key;
    else if (!holds(requirement, member(labels, requirement.key))) return false;
  }
  return unknownKey === null ? true : { unknownKey };
}

/** A selector in words: `app in (web), !legacy`. */
export function selectorText(selector: Selector): string {
  return selector.requirements
    .map(({ key, operator, values }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      return `${key} ${operator === 'In' ? 'in' : 'not in'} (${values.join(', ')})`;
    })
    .join(', ');
}

function holds({ operator, values }: Requirement, value: Json | undefined): boolean {
  switch (operator) {
    case 'In':
      return typeof value === 'string' && values.includes(value);
    case 'NotIn':
      return typeof value !== 'string' || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function isOperator(operator: string): operator is Requirement['operator'] {
  return operator === 'In' || operator === 'NotIn' || operator === 'Exists' || operator === 'DoesNotExist';
}

/** IsQualifiedName and IsValidLabelValue of k8s.io/apimachinery/pkg/util/validation. */
function check(
  key: string,
  values: readonly string[],
  path: readonly (string | number)[],
  fault: (path: readonly (string | number)[], message: string) => void,
): void {
  const [prefix, name, ...rest] = key.includes('/') ? key.split('/') : [null, key];
  const prefixFits = prefix === null || (prefix !== undefined && prefix.length <= 253 && prefixPattern.test(prefix));
  if (rest.length > 0 || name === undefined || name.length > 63 || !namePattern.test(name) || !prefixFits)
    fault(path, `"${key}" is not a label key`);
  for (const value of values) {
    if (value.length > 63 || (value !== '' && !namePattern.test(value))) fault(path, `"${value}" is not a label value`);
  }
}
