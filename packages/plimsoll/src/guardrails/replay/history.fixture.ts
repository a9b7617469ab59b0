import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { nothing } from '../../inventory/store-contract.ts';
import type { ChangeWrite, Store } from '../../inventory/store.ts';
import type { Coverage, CoverageState } from '../../model/coverage.ts';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Resource } from '../../model/resource.ts';
import { keyText } from '../../model/resource.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { type Guardrail, guardrailsOf } from '../policy-set.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import { LiveWorld } from '../live/live-world.ts';
import { typesRead } from '../live/dependents.ts';

const kinds = new FileKinds();

/** What happens to one object, or to how its type is seen. */
export type Event =
  | { readonly object: JsonObject }
  | { readonly gone: JsonObject }
  | { readonly type: string; readonly state: CoverageState };

/** A transaction of some events. */
export interface Told {
  readonly at: number;
  readonly events: readonly Event[];
}

/** A store that is told of transactions, one after another. */
export class ToldStore {
  readonly store: Store = openSqliteStore(':memory:');
  readonly #known = new Map<string, Resource>();
  #seq = 0;

  async tell({ at, events }: Told): Promise<void> {
    const changes: ChangeWrite[] = [];
    const coverage: { seq: number; coverage: Coverage }[] = [];
    for (const event of events) {
      if ('type' in event) {
        const { type, state } = event;
        const row = { source: 'prod', type, scope: null, state, since: at, lastComplete: null, reason: null };
        coverage.push({ seq: (this.#seq += 1), coverage: row });
      } else {
        const change = this.#changeOf(event, at);
        if (change !== null) changes.push(change);
      }
    }
    if (changes.length + coverage.length > 0) await this.store.commit({ ...nothing, at, changes, coverage });
  }

  #changeOf(event: { readonly object: JsonObject } | { readonly gone: JsonObject }, at: number): ChangeWrite | null {
    const resource = resourceOf('object' in event ? event.object : event.gone, 'prod');
    const key = keyText(resource);
    const known = this.#known.get(key);
    const isGone = 'gone' in event;
    if (isGone && known === undefined) return null;
    const seq = (this.#seq += 1);
    if (isGone) this.#known.delete(key);
    else this.#known.set(key, resource);
    const { source, type, scope, name, uid } = resource;
    return {
      seq,
      at,
      operation: isGone ? 'deleted' : known === undefined ? 'created' : 'updated',
      key: { source, type, scope, name },
      uid,
      resource: isGone ? null : resource,
      hash: isGone ? null : `h${seq}`,
    };
  }
}

/** Guardrails of their specs, by name, and policies of other documents. */
export function guardrailsNamed(
  specs: Readonly<Record<string, object>>,
  documents: readonly JsonObject[] = [],
): readonly Guardrail[] {
  const named = Object.entries(specs).map(
    ([name, spec]) =>
      ({ apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name }, spec }) as unknown as JsonObject,
  );
  const parts = [...named, ...documents].flatMap((body) =>
    readPolicyDocument({ source: 'files', origin: 'files', body, place: null }),
  );
  return guardrailsOf(parts, () => newestDialect).guardrails;
}

/** The world that a server has which knows a store as it stands now. */
export async function liveWorldOf(store: Store, guardrails: readonly Guardrail[]): Promise<LiveWorld> {
  const world = await LiveWorld.open(store, (apiVersion, kind) => kinds.of(apiVersion, kind));
  await world.keep(typesRead(guardrails, ['prod', ''], world));
  return world;
}

/** A store that holds what another one held at a time, and nothing of before. */
export async function storeAsOf(store: Store, at: number): Promise<Store> {
  const copy = openSqliteStore(':memory:');
  const resources = (await Array.fromAsync(store.scanAt({}, at))).flat();
  const changes = resources.map((resource, index): ChangeWrite => {
    const { source, type, scope, name, uid } = resource;
    const key = { source, type, scope, name };
    return { seq: index + 1, at, operation: 'created', key, uid, resource, hash: `h${index}` };
  });
  const coverage = (await store.coverageAt(at)).map((row, index) => ({
    seq: changes.length + index + 1,
    coverage: row,
  }));
  await copy.commit({ ...nothing, at, changes, coverage });
  return copy;
}
