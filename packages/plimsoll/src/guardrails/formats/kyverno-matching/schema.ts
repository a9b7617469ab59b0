import { z } from 'zod';

const strings = z.array(z.string());
const texts = z.record(z.string(), z.string());

const selector = z.strictObject({
  matchLabels: texts.optional(),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.string(), values: strings.optional() }))
    .optional(),
});

const filterFields = {
  resources: z
    .strictObject({
      kinds: strings.optional(),
      name: z.string().optional(),
      names: strings.optional(),
      namespaces: strings.optional(),
      annotations: texts.optional(),
      selector: selector.optional(),
      namespaceSelector: selector.optional(),
      operations: z.array(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT'])).optional(),
    })
    .optional(),
  subjects: z.array(z.looseObject({ kind: z.string(), name: z.string() })).optional(),
  roles: strings.optional(),
  clusterRoles: strings.optional(),
};

const filter = z.strictObject(filterFields);

/** `match` and `exclude` of Kyverno's rules and exceptions (kyverno api/kyverno/v1 MatchResources). */
export const matchSchema = z.strictObject({
  any: z.array(filter).optional(),
  all: z.array(filter).optional(),
  ...filterFields,
});

/** What {@link matchSchema} reads to. */
export type MatchSpec = z.output<typeof matchSchema>;

/** One of its filters. */
export type FilterSpec = z.output<typeof filter>;
