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

/**
 * What a step makes of an optional that a chain begins with: the next one goes on inside. Inside of any other optional
 * that a step finds nothing is found (cel-go interpreter/attributes.go applyQualifiers).
 */
export class OpenOptional extends Optional {}

/** `optional.none()`. */
export const NONE = /* @__PURE__ */ new Optional(undefined);
