import { z } from 'zod';
import type { Json } from '../../../model/json.ts';
import { structuralSchema } from '../../structural/structural-schema.ts';
import { expression, labelSelector, metadataSchema, named } from '../admission-schema.ts';

/*
 * The fields of Gatekeeper's ConstraintTemplate (frameworks/constraint pkg/apis/templates), of its constraints
 * (pkg/client/crds/schema.go, gatekeeper pkg/target/matchcrd_constant.go) and of its Config (apis/config/v1alpha1).
 */

const strings = z.array(z.string());
const json: z.ZodType<Json> = z.json();

/** Names with a `*` in front or at the end (gatekeeper pkg/wildcard). */
const glob = z
  .string()
  .regex(/^\*?[-:a-z0-9]*\*?$/, 'may hold lower case letters, digits, - and :, and a * in front and at the end');

const document = { apiVersion: z.string(), kind: z.string(), metadata: metadataSchema };
const status = z.looseObject({}).optional();

/** A ConstraintTemplate of any version; `source` of an engine is read by itself. */
export const templateSchema = z.strictObject({
  ...document,
  spec: z.strictObject({
    crd: z.strictObject({
      spec: z.strictObject({
        names: z.strictObject({ kind: z.string().min(1), shortNames: strings.optional() }),
        validation: z
          .strictObject({ openAPIV3Schema: structuralSchema.optional(), legacySchema: z.boolean().optional() })
          .optional(),
      }),
    }),
    targets: z
      .array(
        z.strictObject({
          target: z.string(),
          rego: z.string().optional(),
          libs: strings.optional(),
          code: z.array(z.strictObject({ engine: z.string(), source: z.record(z.string(), json) })).default([]),
          operations: z.array(z.enum(['*', 'CREATE', 'UPDATE', 'DELETE', 'CONNECT'])).optional(),
        }),
      )
      .length(1, 'must hold exactly one target'),
  }),
  status,
});

/** The source of the engine K8sNativeValidation (gatekeeper pkg/drivers/k8scel/schema): `matchCondition` is its name. */
export const celSourceSchema = z.strictObject({
  validations: z
    .array(z.strictObject({ expression, message: z.string().optional(), messageExpression: z.string().optional() }))
    .default([]),
  failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
  matchCondition: z.array(named).default([]),
  variables: z.array(named).default([]),
  generateVAP: z.boolean().optional(),
});

const matchSchema = z.strictObject({
  source: z.enum(['All', 'Generated', 'Original']).optional(),
  kinds: z.array(z.strictObject({ apiGroups: strings.optional(), kinds: strings.optional() })).default([]),
  scope: z.string().optional(),
  namespaces: z.array(glob).default([]),
  excludedNamespaces: z.array(glob).default([]),
  labelSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  name: glob.optional(),
});

/** A constraint; its parameters are for its template to say. */
export const constraintSchema = z.strictObject({
  ...document,
  spec: z
    .strictObject({
      enforcementAction: z.string().optional(),
      scopedEnforcementActions: z
        .array(
          z.strictObject({
            action: z.string(),
            enforcementPoints: z.array(z.strictObject({ name: z.string() })).default([]),
          }),
        )
        .optional(),
      match: matchSchema.optional(),
      parameters: json.optional(),
    })
    .optional(),
  status,
});

/** Gatekeeper's Config. */
export const configSchema = z.strictObject({
  ...document,
  spec: z
    .strictObject({
      sync: z.looseObject({}).optional(),
      validation: z.looseObject({}).optional(),
      match: z
        .array(z.strictObject({ processes: strings.default([]), excludedNamespaces: z.array(glob).default([]) }))
        .default([]),
      readiness: z.looseObject({}).optional(),
    })
    .optional(),
  status,
});

/** What a constraint matches. */
export type MatchSpec = z.output<typeof matchSchema>;
/** What {@link templateSchema} reads to. */
export type TemplateSpec = z.output<typeof templateSchema>['spec'];
/** What {@link constraintSchema} reads to. */
export type ConstraintSpec = NonNullable<z.output<typeof constraintSchema>['spec']>;
