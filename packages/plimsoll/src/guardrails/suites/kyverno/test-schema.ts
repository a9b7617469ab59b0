import { z } from 'zod';

const files = z.array(z.string().min(1)).default([]);
const object = z.record(z.string(), z.json());
const meta = { apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }).optional() };

/** What a test says of namespaces and the like; variables of JMESPath among it are nothing to CEL. */
const valuesFields = {
  globalValues: object.optional(),
  policies: z.array(z.json()).optional(),
  namespaceSelector: z
    .array(z.strictObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }))
    .default([]),
  namespaces: z.array(object).default([]),
  subresources: z.array(z.json()).optional(),
};

/** `kind: Values` of cli.kyverno.io (cmd/cli/kubectl-kyverno/apis/v1alpha1/values_spec.go). */
export const valuesSchema = z.strictObject({ ...meta, ...valuesFields });

/** `kind: Context` of cli.kyverno.io (apis/v1alpha1/context.go). */
export const contextSchema = z.strictObject({
  ...meta,
  spec: z.strictObject({
    resources: z.array(object).default([]),
    images: z.array(z.looseObject({ image: z.string() }).and(object)).default([]),
  }),
});

/** `kind: ClusterResource` of cli.kyverno.io: what a cluster has besides. */
export const clusterResourceSchema = z.strictObject({
  ...meta,
  spec: z.strictObject({ resources: z.array(object).default([]), crds: files }),
});

const resultSchema = z.strictObject({
  policy: z.string().min(1),
  rule: z.string().default(''),
  result: z.enum(['pass', 'fail', 'warn', 'error', 'skip']),
  kind: z.string().optional(),
  resources: z.array(z.string()).default([]),
  resourceSpecs: z
    .array(
      z.strictObject({
        group: z.string().default(''),
        version: z.string().default(''),
        kind: z.string().default(''),
        namespace: z.string().default(''),
        subresource: z.string().default(''),
        name: z.string().default(''),
      }),
    )
    .default([]),
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE']).default('CREATE'),
  isValidatingAdmissionPolicy: z.boolean().optional(),
  isValidatingPolicy: z.boolean().optional(),
  isMutatingAdmissionPolicy: z.boolean().default(false),
  isDeletingPolicy: z.boolean().default(false),
  isImageValidatingPolicy: z.boolean().default(false),
  isGeneratingPolicy: z.boolean().default(false),
  isMutatingPolicy: z.boolean().default(false),
  patchedResources: z.string().optional(),
  generatedResource: z.string().optional(),
  generatedResources: z.array(z.string()).optional(),
  cloneSourceResource: z.string().optional(),
  failOnMissingResources: z.boolean().optional(),
});

/** One result that a test expects. */
export type ExpectedResult = z.output<typeof resultSchema>;

/** `kind: Test` of cli.kyverno.io (cmd/cli/kubectl-kyverno/apis/v1alpha1/test.go). */
export const testSchema = z.strictObject({
  ...meta,
  name: z.string().optional(),
  policies: files,
  resources: files,
  exceptions: files,
  paramResources: files,
  clusterResources: files,
  context: z.string().optional(),
  variables: z.string().optional(),
  values: z.strictObject(valuesFields).optional(),
  userinfo: z.string().optional(),
  jsonPayload: z.string().optional(),
  jsonPayloads: files,
  httpPayloads: files,
  envoyPayloads: files,
  targetResources: files,
  apiCallResponses: z
    .array(
      z.strictObject({
        url: z.string().optional(),
        urlPath: z.string().optional(),
        method: z.enum(['GET', 'POST', '']).default(''),
        response: z.strictObject({ statusCode: z.int().default(200), body: object }),
      }),
    )
    .default([]),
  globalContextEntries: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        data: object.optional(),
        resources: z.array(object).optional(),
        resourceFiles: z.array(z.string()).optional(),
        fieldPath: z.string().default(''),
        projections: z.array(z.strictObject({ name: z.string(), path: z.string() })).default([]),
      }),
    )
    .default([]),
  results: z.array(resultSchema).default([]),
});

/** What {@link testSchema} reads to. */
export type KyvernoTest = z.output<typeof testSchema>;
