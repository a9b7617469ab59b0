import { FieldHolder } from './field-holder.ts';
import { type Value, newMap } from './value.ts';

/**
 * What `Object{…}`, `Object.spec{…}` and `JSONPatch{…}` make in mutations (k8s.io/apiserver pkg/cel/mutation). Fields
 * are read as those of a map.
 */
export class StructValue extends FieldHolder {
  /** `Object.spec`. */
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(type: string, fields: ReadonlyMap<string, Value>) {
    super();
    this.type = type;
    this.fields = fields;
  }

  get isZero(): boolean {
    return this.fields.size === 0 && this.type !== JSON_PATCH;
  }

  /** What a field gives that is not there: null, '' for the texts of a patch; undefined for what is no field of it. */
  absent(field: string): Value | undefined {
    if (this.type !== JSON_PATCH || field === 'value') return null;
    return jsonPatchFields.includes(field) ? '' : undefined;
  }

  /** Plain maps instead of objects, all the way down. */
  toPlain(): Value {
    const map = newMap();
    for (const [name, value] of this.fields) map[name] = value instanceof StructValue ? value.toPlain() : value;
    return map;
  }
}

export const JSON_PATCH = 'JSONPatch';
/** The fields of a JSONPatch: texts, and a value of any type. */
export const jsonPatchFields: readonly string[] = ['op', 'path', 'from', 'value'];
