/** Why a document cannot be read, and where in its text (UTF-16 offset). `bound`: it exceeds what is read. */
export class UnreadableYaml extends Error {
  override readonly name = 'UnreadableYaml';
  readonly offset: number;
  readonly bound: boolean;

  constructor(message: string, offset: number, bound = false) {
    super(message);
    this.offset = offset;
    this.bound = bound;
  }
}
