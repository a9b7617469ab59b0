import { FieldHolder } from './field-holder.ts';
import type { Value } from './value.ts';

/** `optional_type`: a value or none. */
export class Optional extends FieldHolder {
  /** undefined: none. */
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }
}

/** `optional.none()`. */
export const NONE = /* @__PURE__ */ new Optional(undefined);
