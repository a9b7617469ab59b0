/** A type as a value: what `type(x)` gives. Compared by name. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}
