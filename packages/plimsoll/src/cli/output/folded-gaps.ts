import type { Coverage } from '../../model/coverage.ts';
import type { ErrorCode } from '../../model/errors.ts';
import { errors } from '../../model/errors.ts';

/** Types named of those that are not seen for one reason. */
const mostNamed = 3;

/** What of a row of coverage decides how it is told. */
export type Gap = Pick<Coverage, 'source' | 'type' | 'scope' | 'state' | 'reason'>;

/** Rows of one source that are not seen for one reason. */
export interface FoldedGap<T extends Gap> {
  readonly items: readonly T[];
  readonly source: string;
  readonly state: Coverage['state'];
  /** The code that the reason begins with; null where it has none. */
  readonly code: ErrorCode | null;
  /** The reason without its code; where several types share it, `…` stands for what names each. */
  readonly why: string | null;
}

/**
 * Rows that are not seen, folded to one per source, state and reason. An API server says of each type the same in the
 * type's own words, so reasons are compared without them.
 */
export function foldedGaps<T extends Gap>(gaps: readonly T[]): readonly FoldedGap<T>[] {
  const groups = Map.groupBy(gaps, (gap) => JSON.stringify([gap.source, gap.state, impersonal(gap)]));
  return [...groups.values()].flatMap((items) => {
    const [first] = items;
    if (first === undefined) return [];
    const reason = items.length === 1 ? first.reason : impersonal(first);
    return [{ items, source: first.source, state: first.state, ...split(reason) }];
  });
}

/** The names of the first few, and how many more there are. */
export function namesOf<T extends Gap>({ items }: FoldedGap<T>, name: (gap: T) => string): string {
  const more = items.length > mostNamed ? ` and ${items.length - mostNamed} more` : '';
  return `${items.slice(0, mostNamed).map(name).join(', ')}${more}`;
}

/** A reason without the address of the request that gave it. */
export function withoutRequest(reason: string): string {
  return reason.replace(/(GET|list) \/\S*: /, '');
}

/** The reason without the request's address and the names of its type: what all types have in common. */
function impersonal({ type, reason }: Gap): string | null {
  if (reason === null) return null;
  const [group = '', resource = ''] = type.split('/');
  const inApi = group === 'core' ? '' : group;
  const words = withoutRequest(reason).replaceAll(`API group "${inApi}"`, 'API group "…"');
  if (resource === '') return words;
  return words
    .replaceAll(`${resource}.${inApi}`, '…')
    .split(/([\w-]+)/)
    .map((word) => (word === resource ? '…' : word))
    .join('');
}

function split(reason: string | null): Pick<FoldedGap<Gap>, 'code' | 'why'> {
  const [, code = '', why = ''] = /^(PLM\d{4}): (.*)$/s.exec(reason ?? '') ?? [];
  return isCode(code) ? { code, why } : { code: null, why: reason };
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}
