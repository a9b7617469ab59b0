import { z } from 'zod';
import { problemSchema, verdictSchema } from '../../server/schemas.ts';

const count = z.int().min(0);

/** `scan -o json`, exactly. */
export const scanReportSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('ScanReport'),
  summary: z.strictObject({
    resources: count,
    guardrails: count,
    pass: count,
    fail: count,
    waived: count,
    skip: count,
    unknown: count,
    error: count,
  }),
  verdicts: z.array(
    verdictSchema.refine(
      ({ outcome, reason }) => reason !== null || !['skip', 'unknown', 'error'].includes(outcome),
      'skip, unknown and error carry a reason',
    ),
  ),
  problems: z.array(problemSchema),
});
