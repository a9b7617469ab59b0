import type { Json, JsonObject } from '../../model/json.ts';
import type { FormNeed } from '../../model/needs.ts';
import type { Form, Resource } from '../../model/resource.ts';
import { listPages } from './paged-list.ts';
import { reduceObject, theObject } from './reduce.ts';
import { pathOf } from './target.ts';
import type { Target } from './target.ts';
import type { Transport } from './transport.ts';

interface Listed {
  readonly version: string | null;
  readonly body: JsonObject;
}

/**
 * Objects as the server converts them to versions that they are not held in: listed ahead of a list of their type,
 * so that the list finds them at hand, and read one by one as the objects change.
 */
export class OtherVersions {
  readonly #needs: ReadonlyMap<string, readonly FormNeed[]>;
  /** What was listed ahead and not taken yet, by target and form. */
  readonly #ahead = new Map<string, Map<string, Listed>>();

  constructor(needs: readonly FormNeed[]) {
    this.#needs = Map.groupBy(needs, ({ type }) => type);
  }

  /** The versions that objects of a type are needed in. */
  of(type: string): readonly FormNeed[] {
    return this.#needs.get(type) ?? [];
  }

  /** Lists a target in another version; `take` gives them out. @throws {ApiFailure} */
  async list(target: Target, need: FormNeed, source: string, transport: Transport, signal: AbortSignal): Promise<void> {
    const listed = new Map<string, Listed>();
    const ask = { accept: 'application/json', signal };
    for await (const page of listPages(transport, pathOf(inForm(target, need)), ask))
      for (const item of page.items) {
        const reduced = reducedForm(item, source, need);
        if (reduced !== null)
          listed.set(`${reduced.scope ?? ''}/${reduced.name}`, { version: reduced.version, body: reduced.body });
      }
    this.#ahead.set(keyOf(target, need), listed);
  }

  /** What was listed ahead of this very version of a resource; null where it has to be read. */
  take(resource: Resource, target: Target, need: FormNeed): Form | null {
    const listed = this.#ahead.get(keyOf(target, need));
    const key = `${resource.scope ?? ''}/${resource.name}`;
    const found = listed?.get(key);
    listed?.delete(key);
    if (found === undefined || found.version !== resource.version) return null;
    return { apiVersion: need.apiVersion, kind: need.kind, body: found.body, unknown: null };
  }

  /** Lets go of what a list has not taken: deleted since, or changed. */
  forget(target: Target): void {
    for (const need of this.of(target.type)) this.#ahead.delete(keyOf(target, need));
  }
}

/** Reads one object in another version. @throws {ApiFailure} */
export async function readForm(
  resource: Resource,
  target: Target,
  need: FormNeed,
  transport: Transport,
  signal: AbortSignal,
): Promise<Form> {
  const { apiVersion, kind } = need;
  const collection = pathOf({ ...inForm(target, need), scope: resource.scope });
  const path = `${collection}/${encodeURIComponent(resource.name)}`;
  const { value } = await transport.json(path, { signal });
  const { body } = theObject(reducedForm(value, resource.source, need), resource, path);
  return { apiVersion, kind, body, unknown: null };
}

function reducedForm(object: Json, source: string, { type, apiVersion, kind }: FormNeed): Resource | null {
  return reduceObject(object, { source, type, apiVersion, kind, metadataOnly: false });
}

function inForm(target: Target, { apiVersion, resource }: FormNeed): Target {
  const slash = apiVersion.indexOf('/');
  return { ...target, group: slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion, resource };
}

function keyOf({ type, scope }: Target, { apiVersion }: FormNeed): string {
  return `${type}\0${scope ?? ''}\0${apiVersion}`;
}
