/** What a strict reading of JSON text finds (RFC 8259), offsets in UTF-16 units. */
export interface JsonCheck {
  /** The first thing that makes the text no JSON; null where it is. */
  readonly fault: { readonly message: string; readonly offset: number } | null;
  /** Keys that an object holds already, in order; the last one counts. */
  readonly repeated: readonly { readonly key: string; readonly offset: number }[];
}

/** Reads JSON text strictly, slowly, for places that `JSON.parse` does not tell: of its fault and of repeated keys. */
export function checkJson(text: string): JsonCheck {
  const reader = new StrictReader(text);
  try {
    reader.document();
    return { fault: null, repeated: reader.repeated };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: { message: error.message, offset: error.offset }, repeated: reader.repeated };
  }
}

class Fault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** RFC 8259, section 7: `unescaped` is all but quotes, backslashes and control characters. */
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const blank = /[ \t\r\n]*/y;

class StrictReader {
  readonly #text: string;
  #at = 0;
  readonly repeated: { key: string; offset: number }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#blank();
    this.#value();
    this.#blank();
    if (this.#at < this.#text.length) this.#fail('nothing more');
  }

  #value(): void {
    const first = this.#text[this.#at];
    if (first === '{') this.#members();
    else if (first === '[') this.#elements();
    else if (first === '"') this.#string();
    else if (this.#take(scalar) === null) this.#fail('a value');
  }

  #members(): void {
    const keys = new Set<string>();
    this.#each('}', () => {
      const offset = this.#at;
      if (this.#text[offset] !== '"') this.#fail('a key in double quotes');
      const key = JSON.parse(this.#string()) as string;
      if (keys.has(key)) this.repeated.push({ key, offset });
      keys.add(key);
      this.#blank();
      if (this.#text[this.#at] !== ':') this.#fail('`:`');
      this.#at++;
      this.#blank();
      this.#value();
    });
  }

  #elements(): void {
    this.#each(']', () => {
      this.#value();
    });
  }

  #each(close: string, read: () => void): void {
    this.#at++;
    this.#blank();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      read();
      this.#blank();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== close) this.#fail(`\`,\` or \`${close}\``);
      this.#at++;
      if (next === close) return;
      this.#blank();
    }
  }

  #string(): string {
    const text = this.#take(string);
    if (text !== null) return text;
    const end = /[^ !#-[\]-\uffff]|$/g;
    end.lastIndex = this.#at + 1;
    for (let found = end.exec(this.#text); found !== null; found = end.exec(this.#text)) {
      const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
      escape.lastIndex = found.index;
      if (!escape.test(this.#text)) {
        this.#at = found.index;
        return this.#fail(found[0] === '\\' ? 'an escape that JSON has' : 'the end of the string');
      }
      end.lastIndex = escape.lastIndex;
    }
    return this.#fail('a string');
  }

  #blank(): void {
    this.#take(blank);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 20).split('\n', 1)[0] ?? '';
    const found = this.#at >= this.#text.length ? 'the end' : rest === '' ? 'the end of the line' : `\`${rest}\``;
    throw new Fault(`expected ${expected}, found ${found}`, this.#at);
  }
}
