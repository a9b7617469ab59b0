/**
 * The path of a value through the schemas of variables, kept in a Go slice, because cel-go appends to paths that others
 * still hold: where the array behind one has room, the later append changes the end of the earlier path
 * (checker/cost.go pushIterKey and pushIterValue). The API server's estimates depend on it.
 */
export class FieldPath {
  readonly #array: string[];
  readonly #length: number;
  readonly #capacity: number;

  private constructor(array: string[], length: number, capacity: number) {
    this.#array = array;
    this.#length = length;
    this.#capacity = capacity;
  }

  /** The path of nothing that a schema describes. */
  static get none(): FieldPath {
    return new FieldPath([], 0, 0);
  }

  /** The path of a variable. */
  static of(name: string): FieldPath {
    return new FieldPath([name], 1, 1);
  }

  get parts(): readonly string[] {
    return this.#array.slice(0, this.#length);
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  append(part: string): FieldPath {
    if (this.#length < this.#capacity) {
      this.#array[this.#length] = part;
      return new FieldPath(this.#array, this.#length + 1, this.#capacity);
    }
    return new FieldPath([...this.parts, part], this.#length + 1, Math.max(1, this.#capacity * 2));
  }
}
