import { join } from 'node:path';
import { z } from 'zod';
import { libraryFolder, readDocuments } from './read-library.ts';

const frameworkSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  ids: z.record(z.string(), z.string()),
});

/** A framework that guardrails are mapped to, with every id that a mapping may name. */
type Framework = z.output<typeof frameworkSchema>;

/** The frameworks of guardrails/frameworks.yaml, by the name that `spec.frameworks` uses. */
export function readFrameworks(folder: string = libraryFolder): ReadonlyMap<string, Framework> {
  const [document] = readDocuments(join(folder, 'frameworks.yaml'));
  return new Map(Object.entries(z.record(z.string(), frameworkSchema).parse(document)));
}
