import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newestDialect } from '../../guardrails/evaluate/dialect.ts';
import { readPolicyDocument } from '../../guardrails/formats/registry.ts';
import { LiveWorld } from '../../guardrails/live/live-world.ts';
import { needsOf } from '../../guardrails/needs.ts';
import { guardrailsOf, type Guardrail } from '../../guardrails/policy-set.ts';
import type { PolicyPart } from '../../guardrails/policy.ts';
import type { Store } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import { isMissed } from '../../model/coverage.ts';
import { PlimsollError } from '../../model/errors.ts';
import { FileKinds } from '../../model/kinds.ts';
import { type Needs, typesNeeded } from '../../model/needs.ts';
import type { Resource } from '../../model/resource.ts';
import { servedSchema } from '../../model/served.ts';
import { IdentityClaims } from '../../sources/identity-claims.ts';
import type { KubernetesEntry } from '../../sources/kubernetes/index.ts';
import { sourceKinds } from '../../sources/registry.ts';
import { secretType, snapshotFormat, type SnapshotHead } from '../../sources/snapshots/format.ts';
import { type Redaction, Redactions } from '../../sources/snapshots/redaction.ts';
import { type WrittenSnapshot, writeSnapshot } from '../../sources/snapshots/snapshot-writer.ts';
import type { Sink } from '../../sources/source.ts';
import { plimsollVersion } from '../version.ts';
import { openSpoolStore } from './spool-store.ts';

/** What a snapshot is asked to be. */
export interface SnapshotRequest {
  readonly entry: KubernetesEntry & { readonly context: string };
  readonly file: string;
  readonly redactions: readonly Redaction[];
  /** What is read besides is what these need, and the cluster's own policies. */
  readonly policies: readonly PolicyPart[];
  readonly signal: AbortSignal;
  /** Is told how many resources were read. */
  readonly progress: (resources: number) => void;
}

/** A snapshot that was taken. */
export interface TakenSnapshot extends WrittenSnapshot {
  readonly head: SnapshotHead;
  readonly coverage: readonly Coverage[];
  /** Redactions that found nothing. */
  readonly idle: readonly Redaction[];
}

/**
 * Reads a cluster once and writes it as a file; null where `signal` ended it before, and then there is no file.
 *
 * @throws PlimsollError PLM1401, PLM1402 for the kubeconfig and the context, PLM1404 and others where the cluster does
 *   not answer, PLM1002 for a redaction of a type that it does not serve, PLM1223 where the file cannot be written
 */
export async function takeSnapshot(request: SnapshotRequest): Promise<TakenSnapshot | null> {
  const { entry, file, redactions, policies, signal, progress } = request;
  await needFolder(file);
  const spool = await openSpoolStore('disk');
  const { store } = spool;
  try {
    const redacted = new Redactions(redactions);
    const sink: Sink = {
      state: async (source) => await spool.log.state(source),
      observe: async (batch) => {
        await spool.log.observe(
          batch.map((said) => (said.kind === 'upsert' ? { ...said, resource: redacted.of(said.resource) } : said)),
        );
        progress(spool.log.size);
      },
    };
    const began = Date.now();
    const asked = { ...entry, once: true, withoutSecrets: true };
    const read = async (more: KubernetesEntry, needs: Needs | null): Promise<void> => {
      for (const source of await sourceKinds.kubernetes.open(more, { claims: new IdentityClaims() })) {
        if (needs !== null) source.need?.(needs);
        await source.run(sink, signal);
      }
    };
    await read(asked, null);
    if (signal.aborted) return null;
    refuseSilence(await store.coverage(), entry.context);
    await needServed(store, entry.context, redactions);
    const needs = await neededBy(policies, store, entry.context);
    const only = typesNeeded(needs);
    if (only.length > 0) await read({ ...asked, only: [...only] }, needs);
    if (signal.aborted) return null;
    const { identity, facts, types } = await store.sourceState(entry.context);
    const head: SnapshotHead = {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Snapshot',
      format: snapshotFormat,
      writtenBy: plimsollVersion(),
      source: entry.context,
      identity,
      began,
      ended: Date.now(),
      redacted: redactions.map(({ text }) => text),
    };
    const coverage = (await store.coverage()).map((row) =>
      row.type === secretType ? { ...row, reason: 'a snapshot holds no Secrets' } : row,
    );
    const resources = byType(store, types);
    const written = await writeSnapshot(file, { head, facts, coverage, resources }, signal);
    return { ...written, head, coverage, idle: redacted.idle };
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    await spool.close();
  }
}

/** What cannot be written is said before a cluster is read for minutes. */
async function needFolder(file: string): Promise<void> {
  const folder = await stat(dirname(file)).catch(() => null);
  if (folder?.isDirectory() !== true)
    throw new PlimsollError('PLM1223', `there is no folder ${dirname(file)}.`, { file });
  if ((await stat(file).catch(() => null))?.isDirectory() === true)
    throw new PlimsollError('PLM1223', 'it is a folder.', { file });
}

/** A cluster that does not answer at all is no snapshot. */
function refuseSilence(coverage: readonly Coverage[], source: string): void {
  const whole = coverage.find((row) => row.type === '*' && isMissed(row));
  if (whole === undefined) return;
  const [, code, why] = /^(PLM14\d\d): (.*)$/s.exec(whole.reason ?? '') ?? [];
  const message = `${why ?? whole.reason ?? whole.state}; no snapshot was written.`;
  throw new PlimsollError(code === 'PLM1405' || code === 'PLM1406' ? code : 'PLM1404', message, { source });
}

/** A slip of the pen in a redaction would carry out what was to stay. */
async function needServed(store: Store, source: string, redactions: readonly Redaction[]): Promise<void> {
  const served = servedSchema.safeParse((await store.sourceState(source)).facts.get('served')).data;
  if (served === undefined) return;
  const types = new Set(served.types.map(({ type }) => type));
  const isServed = ({ type }: Redaction) =>
    type === '*' ||
    (type.endsWith('/*') ? [...types].some((one) => one.startsWith(type.slice(0, -1))) : types.has(type));
  const unknown = redactions.find((redaction) => !isServed(redaction));
  if (unknown !== undefined)
    throw new PlimsollError(
      'PLM1002',
      `--redact ${unknown.text}: ${source} serves no ${unknown.type}; no snapshot was written.`,
    );
}

/** What the given policies and the cluster's own need of it besides what a list gives. */
async function neededBy(policies: readonly PolicyPart[], store: Store, source: string): Promise<Needs> {
  const kinds = new FileKinds();
  const world = await LiveWorld.open(store, (apiVersion, kind) => kinds.of(apiVersion, kind));
  const own = world.policies.flatMap(policiesOf);
  const guardrails: readonly Guardrail[] = guardrailsOf([...policies, ...own], () => newestDialect).guardrails;
  return needsOf(source, guardrails, world);
}

function policiesOf({ source, body, place }: Resource): readonly PolicyPart[] {
  return readPolicyDocument({ source, origin: 'cluster', body, place });
}

async function* byType(store: Store, types: readonly string[]): AsyncGenerator<readonly Resource[]> {
  for (const type of types.toSorted()) yield* store.scan({ type });
}
