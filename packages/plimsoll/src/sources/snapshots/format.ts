import { z } from 'zod';
import type { JsonObject } from '../../model/json.ts';

/** The version of the format that is written; readers refuse newer ones. */
export const snapshotFormat = 1;

/** What a snapshot says of itself: its first entry, `snapshot.json`. Keys that a reader does not know are passed over. */
export const headSchema = z.object({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Snapshot'),
  format: z.int().min(1),
  /** What wrote it: Plimsoll's version. */
  writtenBy: z.string(),
  /** The name of the source. */
  source: z.string().min(1),
  /** Which cluster it is; null where that is not known. */
  identity: z.string().nullable(),
  /** Milliseconds since 1970 when reading the cluster began and ended: nothing in it is older or newer. */
  began: z.int(),
  ended: z.int(),
  /** What was redacted, as it was asked for. */
  redacted: z.array(z.string()).readonly(),
});

/** What a snapshot says of itself. */
export type SnapshotHead = z.infer<typeof headSchema>;

/** A row of coverage as of then, without its source. */
const coverageSchema = z.object({
  type: z.string(),
  scope: z.string().nullable(),
  state: z.enum([
    'live',
    'listed',
    'listing',
    'stale',
    'forbidden',
    'throttled',
    'unsupported',
    'down',
    'off',
    'never',
  ]),
  since: z.int(),
  lastComplete: z.int().nullable(),
  reason: z.string().nullable(),
});

/** `.plimsoll/coverage.json`: how well each type was seen. */
export const coverageListSchema = z.array(coverageSchema);

/** `.plimsoll/end.json`, the last entry: a file without it was cut off. */
export const endSchema = z.object({ entries: z.int(), resources: z.int() });

const formSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  body: z.custom<JsonObject | null>((value) => typeof value === 'object').nullable(),
  unknown: z.string().nullable(),
});

/**
 * `.plimsoll/resources/…`, before the file of the same name under `resources/`: what its objects do not say themselves.
 * `unseen`: the lists of paths that were not kept, and for each object which of them is its own. `forms`: objects by
 * their place, in the other versions that they were read in.
 */
export const sheetSchema = z.object({
  type: z.string(),
  lists: z.array(z.array(z.string()).readonly()).readonly(),
  unseen: z.array(z.int()).readonly(),
  forms: z.array(z.tuple([z.int(), z.array(formSchema).readonly()])).readonly(),
});

/** What the objects of one file do not say themselves. */
export type Sheet = z.infer<typeof sheetSchema>;

/** What no snapshot holds, not even by name. */
export const secretType = 'core/secrets';

/** Names inside the archive's one folder. What begins with a dot is passed over by whoever reads the folder unpacked. */
export const names = {
  head: 'snapshot.json',
  version: 'version.json',
  facts: '.plimsoll/facts.json',
  coverage: '.plimsoll/coverage.json',
  sheets: '.plimsoll/resources/',
  resources: 'resources/',
  end: '.plimsoll/end.json',
} as const;

/** What reading a snapshot may hold and go through; each is named in the problem of what exceeds it. Sizes in bytes. */
export const snapshotBounds = {
  /** The largest entry: larger than any that is written, which hold one object or {@link entryTarget} of them. */
  entry: 64 * 2 ** 20,
  /** How many bytes of objects are put into one entry. */
  entryTarget: 2 ** 20,
  /** How many times its own size a file may unpack to, beyond `free`. Kubernetes' JSON packs to a tenth. */
  ratio: 200,
  free: 64 * 2 ** 20,
} as const;
