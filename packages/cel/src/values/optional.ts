import type { Value } from './value.ts';

/** `optional_type`: a value or none. */
export class Optional {
  /** undefined: none. */
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** `optional.none()`. */
export const NONE = /* @__PURE__ */ new Optional(undefined);
