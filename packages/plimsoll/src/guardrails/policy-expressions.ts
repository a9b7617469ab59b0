import type { Policy } from './policy.ts';

/** The texts of all expressions of a policy, its messages among them; '' where a validation has no messageExpression. */
export function expressionsOf(policy: Policy): readonly string[] {
  const { matchConditions, variables, auditAnnotations, exceptions, validations } = policy;
  const excepting = exceptions.flatMap(({ conditions }) => conditions);
  return [
    ...[...matchConditions, ...variables, ...auditAnnotations, ...excepting].map(({ expression }) => expression),
    ...validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression ?? '']),
  ];
}
