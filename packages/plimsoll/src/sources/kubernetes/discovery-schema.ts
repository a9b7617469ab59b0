import { z } from 'zod';

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();

/** `apidiscovery.k8s.io` APIGroupDiscoveryList, v2 and v2beta1 (they differ in their version alone). */
export const aggregatedSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: text }),
      versions: z.array(
        z.object({
          version: z.string(),
          freshness: text,
          resources: z
            .array(
              z.object({
                resource: z.string(),
                responseKind: z.object({ kind: text }).nullish(),
                scope: z.string(),
                singularResource: text,
                verbs: texts,
                shortNames: texts,
                subresources: z.array(z.object({ subresource: z.string() })).nullish(),
              }),
            )
            .nullish(),
        }),
      ),
    }),
  ),
});

/** `GET /apis` of a server without aggregated discovery: APIGroupList. */
export const groupListSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.string() })),
      preferredVersion: z.object({ version: z.string() }).nullish(),
    }),
  ),
});

/** `GET /api`: APIVersions. */
export const versionsSchema = z.object({ versions: z.array(z.string()) });

/** `GET /apis/GROUP/VERSION`: APIResourceList. What says neither that it is one nor what it lists is something else. */
export const resourceListSchema = z
  .object({
    kind: text,
    resources: z
      .array(
        z.object({
          name: z.string(),
          singularName: text,
          namespaced: z.boolean(),
          kind: z.string(),
          verbs: texts,
          shortNames: texts,
        }),
      )
      .nullish(),
  })
  .refine(({ kind, resources }) => kind === 'APIResourceList' || Array.isArray(resources), 'it is no APIResourceList');
