import { z } from 'zod';
import { metadataSchema, policySpecFields } from '../admission-schema.ts';

const switched = z.strictObject({ enabled: z.boolean().optional() });

const { paramKind: _, ...specFields } = policySpecFields;

/**
 * ValidatingPolicy and NamespacedValidatingPolicy of any version of policies.kyverno.io
 * (kyverno/api policies.kyverno.io/v1beta1 ValidatingPolicySpec; the versions have the same fields).
 */
export const validatingPolicySchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
  spec: z.strictObject({
    ...specFields,
    validationActions: z.array(z.enum(['Deny', 'Audit', 'Warn'])).default([]),
    webhookConfiguration: z.strictObject({ timeoutSeconds: z.int().optional() }).optional(),
    evaluation: z
      .strictObject({ mode: z.string().optional(), admission: switched.optional(), background: switched.optional() })
      .optional(),
    autogen: z
      .strictObject({
        podControllers: z.strictObject({ controllers: z.array(z.string().min(1)).optional() }).optional(),
        validatingAdmissionPolicy: switched.optional(),
      })
      .optional(),
  }),
  status: z.looseObject({}).optional(),
});

/** What {@link validatingPolicySchema} reads the spec to. */
export type ValidatingPolicySpec = z.output<typeof validatingPolicySchema>['spec'];
