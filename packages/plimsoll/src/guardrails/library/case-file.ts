import { z } from 'zod';
import { problem } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { pathText } from '../formats/document-faults.ts';
import { withValue, withoutValue } from './object-edit.ts';
import { readDocuments } from './read-library.ts';

const json: z.ZodType<Json> = z.json();
const object = z.record(z.string(), json);

const caseSchema = z.strictObject({
  name: z.string().min(1),
  object: object.optional(),
  set: object.default({}),
  unset: z.array(z.string()).default([]),
  unseen: z.array(z.string()).default([]),
  version: z
    .string()
    .regex(/^1\.\d+$/)
    .optional(),
  namespace: z.record(z.string(), z.string()).optional(),
  params: z.array(object).default([]),
  lookups: z.record(z.string(), z.array(object).nullable()).default({}),
  outcome: z.enum(['pass', 'fail', 'skip', 'unknown', 'error', 'none']),
  message: z.string().optional(),
  reason: z.string().optional(),
  paths: z.array(z.string()).optional(),
});

const casesSchema = z.strictObject({ base: object, cases: z.array(caseSchema).min(1) });

/** One case of a guardrail (guardrails/README.md), with the object that it judges. */
export interface Case extends z.output<typeof caseSchema> {
  readonly body: JsonObject;
}

/** The cases of a `cases.yaml`; `problems` where it is not valid. */
export function readCases(file: string): { readonly cases: readonly Case[]; readonly problems: readonly Problem[] } {
  const reading = casesSchema.safeParse(readDocuments(file)[0]);
  if (!reading.success) {
    const problems = reading.error.issues.map((issue) =>
      problem('PLM1313', `${pathText(issue.path.filter((part) => typeof part !== 'symbol'))}: ${issue.message}`, {
        file,
      }),
    );
    return { cases: [], problems };
  }
  const { base, cases } = reading.data;
  return { cases: cases.map((one) => ({ ...one, body: edited(one.object ?? base, one) })), problems: [] };
}

function edited(base: JsonObject, { set, unset }: z.output<typeof caseSchema>): JsonObject {
  let body = base;
  for (const [path, value] of Object.entries(set)) body = withValue(body, path, value);
  for (const path of unset) body = withoutValue(body, path);
  return body;
}
