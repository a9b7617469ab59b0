import type { Policy } from './policy.ts';

/** The rule that verdicts of a policy name: that of a variant by the name that its tool gives it. */
export function judgedRule({ rule, variant }: Policy): string | null {
  return rule === null ? null : (variant ?? rule);
}
