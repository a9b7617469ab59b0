import { z } from 'zod';

/*
 * Gatekeeper's Suite (gatekeeper pkg/gator/verify/suite.go). `yes` and `no` are booleans to YAML as kubectl reads it.
 */

const assertion = z.strictObject({
  violations: z
    .union([z.int().nonnegative(), z.boolean(), z.enum(['yes', 'no'])])
    .default('yes')
    .transform((value) => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : value)),
  message: z.string().optional(),
});

const suiteCase = z.strictObject({
  name: z.string(),
  object: z.string().min(1),
  inventory: z.array(z.string()).default([]),
  assertions: z.array(assertion).min(1),
  skip: z.boolean().default(false),
});

const suiteTest = z.strictObject({
  name: z.string(),
  template: z.string().min(1),
  constraint: z.string().min(1),
  expansion: z.string().default(''),
  cases: z.array(suiteCase).default([]),
  invalid: z.boolean().default(false),
  skip: z.boolean().default(false),
});

/** A Suite; paths are below the folder of its file. */
export const suiteSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({}).optional(),
  tests: z.array(suiteTest).default([]),
  skip: z.boolean().default(false),
});

/** One statement about the violations of a case. */
export type Assertion = z.output<typeof assertion>;
/** One object that is held to a test's constraint. */
export type SuiteCase = z.output<typeof suiteCase>;
/** A template and a constraint, and objects that are held to them. */
export type SuiteTest = z.output<typeof suiteTest>;
