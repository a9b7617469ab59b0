import { z } from 'zod';

const requirementSchema = z.strictObject({
  key: z.string(),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(z.string()).readonly(),
});

const configMapNeedSchema = z.strictObject({
  /** null: in whatever namespace. */
  scope: z.string().nullable(),
  /** null: of whatever name. */
  name: z.string().nullable(),
  /** null: with whatever labels. */
  selector: z.strictObject({ requirements: z.array(requirementSchema).readonly() }).nullable(),
  /** The guardrails that read them, for people. */
  readers: z.array(z.string()).readonly(),
});

const formNeedSchema = z.strictObject({
  /** The type that the inventory holds, in another version. */
  type: z.string(),
  /** The form to read it in: `autoscaling/v1`; of another group where groups share a storage. */
  apiVersion: z.string(),
  /** Plural and kind in that form. */
  resource: z.string(),
  kind: z.string(),
  readers: z.array(z.string()).readonly(),
});

/**
 * What readers of the log need of one source besides what it reads by itself. As data: guardrails say it, whoever
 * composes them hands it to the source, and the source keeps it as its fact `needs`.
 */
export const needsSchema = z.strictObject({
  /** ConfigMaps to read whole, while all others are metadata alone. */
  configMaps: z.array(configMapNeedSchema).readonly(),
  /** Other versions of held types that objects are read in as well (matchPolicy Equivalent). */
  forms: z.array(formNeedSchema).readonly(),
});

/** What is needed of a source. */
export type Needs = z.infer<typeof needsSchema>;
/** Which ConfigMaps to read whole. */
export type ConfigMapNeed = z.infer<typeof configMapNeedSchema>;
/** A version that objects of a type are read in besides the held one. */
export type FormNeed = z.infer<typeof formNeedSchema>;

/** Nothing but what a source reads by itself. */
export const noNeeds: Needs = { configMaps: [], forms: [] };

/** The types to read again so that what guardrails need of them is there. */
export function typesNeeded(needs: Needs): readonly string[] {
  const forms = needs.forms.map(({ type }) => type);
  return [...new Set([...forms, ...(needs.configMaps.length > 0 ? ['core/configmaps'] : [])])];
}
