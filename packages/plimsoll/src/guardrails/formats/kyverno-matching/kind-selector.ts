import type { SubjectType } from '../../match/subject.ts';
import { globMatches } from './glob.ts';

/** Which kinds one of Kyverno's selectors names; each part is a pattern. */
export interface KindSelector {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `''`: the kind itself. */
  readonly subresource: string;
}

const version = /^(v\d((alpha|beta)\d)?|\*)$/;

/**
 * Reads `KIND`, `VERSION/KIND`, `GROUP/VERSION/KIND`, each perhaps with `/SUBRESOURCE` or `.SUBRESOURCE`; null where it
 * has too many parts (kyverno pkg/utils/kube/kind.go ParseKindSelector).
 */
export function kindSelector(text: string): KindSelector | null {
  const slashed = text.split('/');
  const parts = [...slashed.slice(0, -1), ...(slashed.at(-1) ?? '').split('.')];
  const [first = '', second = '', third = '', fourth = ''] = parts;
  const of = (group: string, wanted: string, kind: string, subresource: string): KindSelector => ({
    group,
    version: wanted,
    kind,
    subresource,
  });
  if (parts.length === 1) return of('*', '*', first, '');
  if (parts.length === 2) {
    if (first === '*' && second === '*') return of('*', '*', '*', '*');
    if (first === '*' && second.toLowerCase() === second) return of('*', '*', first, second);
    return version.test(first) ? of('*', first, second, '') : of('*', '*', first, second);
  }
  if (parts.length === 3) return version.test(first) ? of('*', first, second, third) : of(first, second, third, '');
  return parts.length === 4 ? of(first, second, third, fourth) : null;
}

/** Whether a selector names a type: itself, a subresource of it alone, or neither. */
export function namesKind(
  selector: KindSelector,
  subject: Pick<SubjectType, 'group' | 'version' | 'kind'>,
): 'itself' | 'subresource' | null {
  const fits =
    globMatches(selector.group, subject.group) &&
    globMatches(selector.version, subject.version) &&
    globMatches(selector.kind, subject.kind);
  if (!fits) return null;
  return globMatches(selector.subresource, '') ? 'itself' : 'subresource';
}
