import type { Resource } from '../../model/resource.ts';
import { ApiFailure } from './failure.ts';
import { reduceObject } from './reduce.ts';
import type { Transport } from './transport.ts';

/** A ConfigMap that a policy or an advisory names. */
export interface ConfigMapName {
  readonly namespace: string;
  readonly name: string;
}

const TYPE = 'core/configmaps';

/** The visible list of ConfigMaps that are read whole, while all others are metadata alone. */
export class WholeConfigMaps {
  readonly #source: string;
  readonly #names = new Map<string, ConfigMapName>();

  constructor(source: string, names: readonly ConfigMapName[]) {
    this.#source = source;
    for (const name of names) this.add(name);
  }

  /** Adds one; false where it was there. */
  add(wanted: ConfigMapName): boolean {
    const key = `${wanted.namespace}/${wanted.name}`;
    if (this.#names.has(key)) return false;
    this.#names.set(key, wanted);
    return true;
  }

  /** All of them. */
  list(): readonly ConfigMapName[] {
    return [...this.#names.values()];
  }

  /** The resource with its body where it is on the list and can be read; else as it is. */
  complete(resource: Resource, transport: Transport, signal: AbortSignal): Resource | Promise<Resource> {
    const { type, scope, name, unseen } = resource;
    if (type !== TYPE || !unseen.includes('data') || !this.#names.has(`${scope ?? ''}/${name}`)) return resource;
    return this.read({ namespace: scope ?? '', name }, transport, signal).then((whole) => whole ?? resource);
  }

  /** Reads one whole; null where it is not there or may not be read, so that what is known of it stands. */
  async read(wanted: ConfigMapName, transport: Transport, signal: AbortSignal): Promise<Resource | null> {
    const path = `/api/v1/namespaces/${encodeURIComponent(wanted.namespace)}/configmaps/${encodeURIComponent(wanted.name)}`;
    try {
      const { value } = await transport.json(path, { signal });
      const type = { source: this.#source, type: TYPE, apiVersion: 'v1', kind: 'ConfigMap', metadataOnly: false };
      return reduceObject(value, type);
    } catch (error) {
      if (error instanceof ApiFailure) return null;
      throw error;
    }
  }
}
