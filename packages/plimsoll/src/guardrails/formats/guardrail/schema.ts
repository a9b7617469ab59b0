import { z } from 'zod';
import { severities } from '../../../model/severity.ts';
import { fieldSteps } from '../../../model/field-path.ts';
import type { Json } from '../../../model/json.ts';
import { metadataSchema, policySpecFields } from '../admission-schema.ts';

const json: z.ZodType<Json> = z.json();
const strings = z.array(z.string().min(1));
const minor = z.string().regex(/^1\.\d+$/, 'is no minor version such as "1.29" (in quotes)');
const day = z.iso.date('is no day such as 2027-01-15');

/** `kind: Guardrail` of plimsoll.dev/v1 (guardrails/README.md). */
export const guardrailSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Guardrail'),
  metadata: metadataSchema,
  spec: z.strictObject({
    ...policySpecFields,
    title: z.string().optional(),
    description: z.string().optional(),
    severity: z.enum(severities).optional(),
    categories: strings.optional(),
    frameworks: z.record(z.string(), z.array(z.string())).optional(),
    presets: strings.default([]),
    standard: z
      .strictObject({
        name: z.string().min(1),
        level: z.string().min(1),
        control: z.string().min(1),
        since: minor,
        until: minor.optional(),
        overrides: strings.default([]),
      })
      .optional(),
    appliesTo: z.literal('podTemplates').optional(),
    lookups: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no CEL identifier'),
          type: z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'is no type such as networking.k8s.io/networkpolicies'),
          sameNamespace: z.boolean().default(false),
        }),
      )
      .default([]),
    sources: strings.min(1).optional(),
    desired: z.record(z.string(), json).optional(),
    ignoreDifferences: z
      .array(z.string().refine((text) => fieldSteps(text) !== null, 'is no path such as spec.replicas'))
      .default([]),
    enforcement: z
      .array(
        z.strictObject({
          action: z.enum(['audit', 'warn', 'deny']),
          from: day.optional(),
          points: z.array(z.enum(['ci', 'admission'])).default([]),
        }),
      )
      .default([]),
    responses: z.array(z.looseObject({})).optional(),
  }),
});
