import { z } from 'zod';
import { metadataSchema } from '../admission-schema.ts';

const strings = z.array(z.string());

/** PolicyException of any version of policies.kyverno.io (kyverno/api policies.kyverno.io/v1beta1; all have the same fields). */
export const policyExceptionSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('PolicyException'),
  metadata: metadataSchema,
  spec: z.strictObject({
    policyRefs: z.array(z.strictObject({ name: z.string().min(1), kind: z.string().min(1) })).min(1),
    matchConditions: z.array(z.strictObject({ name: z.string().min(1), expression: z.string().min(1) })).default([]),
    images: strings.default([]),
    allowedValues: strings.default([]),
    reportResult: z.enum(['skip', 'pass']).default('skip'),
    evaluationMode: z.string().optional(),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    properties: z.record(z.string(), z.string()).optional(),
  }),
});
