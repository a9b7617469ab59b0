import { z } from 'zod';

/*
 * The fields of admissionregistration.k8s.io's policies and bindings (k8s.io/api/admissionregistration/v1 types.go),
 * with the API server's defaults; v1beta1 and v1alpha1 have the same fields.
 */

const strings = z.array(z.string());

/** A label selector as the API has it. */
export const labelSelector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.string(), values: strings.optional() }))
    .optional(),
});

const operations = z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*']);

const rule = z.strictObject({
  apiGroups: strings.min(1),
  apiVersions: strings.min(1),
  resources: strings.min(1),
  operations: z.array(operations).min(1),
  scope: z.enum(['*', 'Namespaced', 'Cluster']).default('*'),
  resourceNames: strings.default([]),
});

/** MatchResources, as policies and bindings have it. */
const matchResourcesSchema = z.strictObject({
  resourceRules: z.array(rule).default([]),
  excludeResourceRules: z.array(rule).default([]),
  namespaceSelector: labelSelector.optional(),
  objectSelector: labelSelector.optional(),
  matchPolicy: z.enum(['Exact', 'Equivalent']).default('Equivalent'),
});

/** A CEL expression; there has to be one. */
export const expression = z.string().refine((text) => text.trim() !== '', 'is empty; write a CEL expression');
/** A named expression. */
export const named = z.strictObject({ name: z.string().min(1), expression });

/** The fields that a ValidatingAdmissionPolicy's spec and a Guardrail's share. */
export const policySpecFields = {
  matchConstraints: matchResourcesSchema.optional(),
  matchConditions: z.array(named).max(64).default([]),
  variables: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no CEL identifier'),
        expression,
      }),
    )
    .default([]),
  validations: z
    .array(
      z.strictObject({
        expression,
        message: z.string().optional(),
        reason: z.string().optional(),
        messageExpression: z.string().optional(),
      }),
    )
    .default([]),
  auditAnnotations: z
    .array(z.strictObject({ key: z.string(), valueExpression: expression }))
    .max(20)
    .default([]),
  failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
  paramKind: z.strictObject({ apiVersion: z.string().min(1), kind: z.string().min(1) }).optional(),
};

/** `metadata`, of which the name is what matters here; its other fields are the API server's and are let be. */
export const metadataSchema = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

/** A ValidatingAdmissionPolicy of any version. */
export const validatingAdmissionPolicySchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
  spec: z.strictObject(policySpecFields),
  status: z.looseObject({}).optional(),
});

/** Which params a policy is judged with. */
export const paramRefSchema = z
  .strictObject({
    name: z.string().min(1).optional(),
    namespace: z.string().optional(),
    selector: labelSelector.optional(),
    parameterNotFoundAction: z.enum(['Allow', 'Deny']),
  })
  .refine((ref) => (ref.name === undefined) !== (ref.selector === undefined), 'give either name or selector');

/** A ValidatingAdmissionPolicyBinding of any version. */
export const bindingSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
  spec: z.strictObject({
    policyName: z.string().min(1),
    paramRef: paramRefSchema.optional(),
    matchResources: matchResourcesSchema.optional(),
    validationActions: z.array(z.enum(['Deny', 'Warn', 'Audit'])).min(1),
  }),
});

/** What {@link policySpecFields} read to. */
export type PolicySpec = z.output<z.ZodObject<typeof policySpecFields>>;
/** What {@link matchResourcesSchema} reads to. */
export type MatchResourcesSpec = z.output<typeof matchResourcesSchema>;
/** What {@link paramRefSchema} reads to. */
export type ParamRefSpec = z.output<typeof paramRefSchema>;

/** What {@link metadataSchema} reads to. */
export type Metadata = z.output<typeof metadataSchema>;
