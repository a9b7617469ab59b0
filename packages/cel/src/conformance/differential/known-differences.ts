import type { Difference } from './compare.ts';

/** A difference that stays, and why. */
interface KnownDifference {
  readonly expression: RegExp;
  readonly kind: Difference['kind'];
  /** What we say, where the expression alone does not tell. */
  readonly ours?: RegExp;
  readonly reason: string;
}

/** What cel-go does and we do not: each with its reason, and each met by some question, or the report says so. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    expression: /b'[^']*'\)* in dyn\(\{/,
    kind: 'value',
    reason:
      'bytes looked up in a map literal with text for keys: cel-go cannot hash them and breaks off; here they are not there',
  },
  {
    expression: /b'[^']*'\)* in dyn\(\{/,
    kind: 'cost',
    reason: 'cel-go breaks off before it charges for looking up bytes in a map, which it cannot hash',
  },
  {
    expression: /\{/,
    kind: 'value',
    ours: /^error: unsupported key type$/,
    reason:
      'a list, map or object that became the key of a map literal by way of dyn: cel-go keeps it by its address, where no look-up finds it; here it is an error',
  },
];

/** The reason why a difference stays; undefined where it must not be. */
export function reasonFor({ question, kind, ours }: Difference): string | undefined {
  return knownDifferences.find(
    (known) => known.kind === kind && known.expression.test(question.expression) && (known.ours?.test(ours) ?? true),
  )?.reason;
}
