import { FieldHolder } from './field-holder.ts';
import type { Value } from './value.ts';

/**
 * `variables` as a whole: each is computed when it is first read. It has fields alone, neither size nor keys; a loop
 * over it runs over the values (k8s.io/apiserver pkg/cel/lazy MapValue).
 */
export class LazyMap extends FieldHolder {
  readonly names: readonly string[];
  readonly get: (name: string) => Value | undefined;

  /** `get` computes one; undefined where there is none of that name. */
  constructor(names: readonly string[], get: (name: string) => Value | undefined) {
    super();
    this.names = names;
    this.get = get;
  }
}
