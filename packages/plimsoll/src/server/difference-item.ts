import { fieldPathText } from '../model/field-path.ts';
import type { Json } from '../model/json.ts';
import type { Difference, DiffStep } from '../model/object-diff.ts';
import type { DifferenceItem } from './schemas.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** What every write changes, or repeats: it says nothing of what was meant. */
const noise = [
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
  ['metadata', 'generation'],
  ['metadata', 'annotations', lastApplied],
];

/** True for a difference that is hidden unless everything is asked for. */
export function isNoise({ path }: { readonly path: readonly unknown[] }): boolean {
  return noise.some((hidden) => hidden.every((name, at) => path[at] === name));
}

/** `spec.containers[name=web].image`: the path of a difference for a person. */
export function differencePath({ path }: Pick<Difference, 'path'>): string {
  return path.reduce<string>((text, step) => text + stepText(step, text === ''), '');
}

function stepText(step: DiffStep, isFirst: boolean): string {
  if (typeof step === 'object') {
    const named = Object.entries(step.key).filter(([, value]) => value !== null);
    return `[${named.map(([name, value]) => `${name}=${keyText(value)}`).join(',')}]`;
  }
  const text = fieldPathText([step]);
  return isFirst || text.startsWith('[') ? text : `.${text}`;
}

function keyText(value: Json): string {
  return typeof value === 'string' && /^[^,\]"\s]+$/.test(value) ? value : JSON.stringify(value);
}

/** A difference as the API gives it; `from` and `to` null where there is none, or where the value is null. */
export function differenceItem(difference: Difference): DifferenceItem {
  const { operation } = difference;
  const path = differencePath(difference);
  if (operation === 'added') return { operation, path, from: null, to: difference.to };
  if (operation === 'removed') return { operation, path, from: difference.from, to: null };
  if (operation === 'reordered') return { operation, path, from: null, to: difference.order };
  return { operation, path, from: difference.from, to: difference.to };
}
