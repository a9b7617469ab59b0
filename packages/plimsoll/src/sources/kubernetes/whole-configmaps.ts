import { member } from '../../model/json.ts';
import { selects } from '../../model/label-selector.ts';
import type { ConfigMapNeed } from '../../model/needs.ts';
import type { Resource } from '../../model/resource.ts';
import { reduceObject, theObject } from './reduce.ts';
import type { Transport } from './transport.ts';

/** The one type of which some objects are read whole while the others are metadata alone. */
export const configMaps = 'core/configmaps';

/** The visible list of ConfigMaps that are read whole, because a policy or an advisory names them. */
export class WholeConfigMaps {
  readonly #needs: readonly ConfigMapNeed[];

  constructor(needs: readonly ConfigMapNeed[]) {
    this.#needs = needs;
  }

  /** True where every ConfigMap is needed: then the type is listed whole instead of asked for one by one. */
  get all(): boolean {
    return this.#needs.some(({ scope, name, selector }) => scope === null && name === null && selector === null);
  }

  /** True where the list names this resource, which was read as metadata alone. */
  has({ type, scope, name, unseen, body }: Resource): boolean {
    if (type !== configMaps || this.#needs.length === 0 || !unseen.includes('data')) return false;
    const labels = member(member(body, 'metadata'), 'labels');
    return this.#needs.some(
      (need) =>
        (need.scope === null || need.scope === scope) &&
        (need.name === null || need.name === name) &&
        (need.selector === null || selects(need.selector, labels)),
    );
  }
}

/** Reads a ConfigMap whole. @throws {ApiFailure} */
export async function readConfigMap(resource: Resource, transport: Transport, signal: AbortSignal): Promise<Resource> {
  const { source, scope, name } = resource;
  const path = `/api/v1/namespaces/${encodeURIComponent(scope ?? '')}/configmaps/${encodeURIComponent(name)}`;
  const { value } = await transport.json(path, { signal });
  const whole = reduceObject(value, {
    source,
    type: configMaps,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadataOnly: false,
  });
  return theObject(whole, resource, path);
}
