import { member } from '../../../model/json.ts';
import type { PolicyDocument } from '../../policy.ts';
import type { Metadata } from '../admission-schema.ts';

/** `NAMESPACE/NAME`, as Kyverno names exceptions; one that says no namespace is in `default`. */
export function exceptionName({ body }: PolicyDocument): string {
  const text = (key: string): string | null => {
    const value = member(body['metadata'], key);
    return typeof value === 'string' ? value : null;
  };
  return `${text('namespace') ?? 'default'}/${text('name') ?? '(unnamed)'}`;
}

/** Why there is an exception, as far as it says: nothing in it is for that but annotations. */
export function exceptionReason({ annotations = {} }: Metadata, kind: string): string {
  return annotations['policies.kyverno.io/description'] ?? annotations['policies.kyverno.io/title'] ?? `a ${kind}`;
}
