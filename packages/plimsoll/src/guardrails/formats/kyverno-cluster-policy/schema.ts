import { z } from 'zod';
import { metadataSchema, paramRefSchema, policySpecFields } from '../admission-schema.ts';
import { matchSchema } from '../kyverno-matching/schema.ts';

const anything = z.json();
const anythings = z.array(z.json());
const failurePolicy = z.enum(['Fail', 'Ignore']);
const action = z.enum(['audit', 'enforce', 'Audit', 'Enforce']);

/**
 * ClusterPolicy and Policy of any version of kyverno.io (kyverno api/kyverno/v1 Spec) without its rules, which are read
 * one by one: a wrong one does not hide the others.
 */
export const clusterPolicySchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
  spec: z.strictObject({
    rules: z.array(z.record(z.string(), z.json())).min(1),
    admission: z.boolean().optional(),
    applyRules: z.enum(['All', 'One']).optional(),
    background: z.boolean().optional(),
    emitWarning: z.boolean().optional(),
    failurePolicy: failurePolicy.optional(),
    generateExisting: z.boolean().optional(),
    generateExistingOnPolicyUpdate: z.boolean().optional(),
    mutateExistingOnPolicyUpdate: z.boolean().optional(),
    schemaValidation: z.boolean().optional(),
    useServerSideApply: z.boolean().optional(),
    validationFailureAction: action.optional(),
    validationFailureActionOverrides: anythings.optional(),
    webhookConfiguration: anything.optional(),
    webhookTimeoutSeconds: z.int().optional(),
  }),
  status: z.looseObject({}).optional(),
});

const { validations, variables, auditAnnotations, paramKind, matchConditions } = policySpecFields;

/** A rule that validates in CEL. */
export const celRuleSchema = z.strictObject({
  name: z.string().min(1),
  match: matchSchema,
  exclude: matchSchema.optional(),
  celPreconditions: matchConditions,
  context: anythings.optional(),
  preconditions: anything.optional(),
  imageExtractors: anything.optional(),
  skipBackgroundRequests: z.boolean().optional(),
  reportProperties: z.record(z.string(), z.string()).optional(),
  validate: z.strictObject({
    message: z.string().optional(),
    failureAction: action.optional(),
    failureActionOverrides: anythings.optional(),
    allowExistingViolations: z.boolean().optional(),
    cel: z.strictObject({
      expressions: validations,
      variables,
      auditAnnotations,
      paramKind,
      paramRef: paramRefSchema.optional(),
      generate: z.boolean().optional(),
    }),
  }),
});

/** What {@link celRuleSchema} reads to. */
export type CelRule = z.output<typeof celRuleSchema>;
