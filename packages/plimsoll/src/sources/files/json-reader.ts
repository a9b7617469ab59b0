import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { bounds, tooLarge } from './bounds.ts';
import type { ByteWindow, Part } from './byte-window.ts';
import { type FileItems, type ItemKind, itemKind, ownKind } from './file-items.ts';
import { checkJson } from './json-check.ts';
import { JsonList, type ListItem } from './json-list.ts';
import { JsonSpan, UnsplittableJson } from './json-span.ts';
import { mayRepeatKeys, parseJson } from './json-value.ts';
import { addYaml } from './yaml-text.ts';

const blank = new Set(Buffer.from(' \t\r\n'));
const [openBrace, closeBrace, openBracket, comma, colon, quote] = Buffer.from('{}[,:"');
const items = Buffer.from('"items"');
const notJson = { message: 'this is not JSON', offset: 0 };

/** A text of JSON, and the 1-based place of its first character. */
interface JsonText {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Reads concatenated JSON objects from a window, the items of a list one at a time. A list's items wait for its `kind`
 * where that stands behind them, up to {@link bounds.streamFrom}; a longer one is taken to be a list, and a problem
 * where it is none.
 */
export class JsonReader {
  readonly #window: ByteWindow;
  readonly #found: FileItems;

  constructor(window: ByteWindow, found: FileItems) {
    this.#window = window;
    this.#found = found;
  }

  /** Reads objects until something else stands there: `---`, which begins another document, or the end. */
  async read(): Promise<void> {
    for (;;) {
      const at = await this.#skipBlank(0);
      this.#window.consume(at);
      const { bytes } = this.#window;
      if (bytes.length === 0) return;
      if (bytes[0] !== openBrace) {
        if (!bytes.subarray(0, 3).equals(Buffer.from('---'))) await this.#notJson();
        await this.#found.give();
        return;
      }
      try {
        await this.#value();
      } catch (error) {
        if (!(error instanceof UnsplittableJson)) throw error;
        await this.#rest(error);
      }
      await this.#found.give();
    }
  }

  async #value(): Promise<void> {
    const end = await this.#members(1);
    if (end.at === 'end') {
      this.#whole(this.#window.consume(end.offset));
      return;
    }
    const head = this.#window.consume(end.offset);
    const text = head.bytes.toString('utf8');
    await this.#list({ bytes: Buffer.from(head.bytes), line: head.line }, objectOf(`${text}]}`));
  }

  /** Passes over an object's members from `at`: to its end, or to behind the bracket of `"items": [`. */
  async #members(from: number): Promise<{ readonly at: 'end' | 'items'; readonly offset: number }> {
    for (let at = await this.#skipBlank(from); ; at = await this.#skipBlank(at)) {
      const byte = this.#window.bytes[at];
      if (byte === closeBrace) return { at: 'end', offset: at + 1 };
      if (byte === comma) {
        at++;
        continue;
      }
      if (byte === undefined) throw new UnsplittableJson('the file ends inside an object', at);
      if (byte !== quote) throw new UnsplittableJson('a key is not in double quotes', at);
      const keyEnd = await this.#spanEnd(at);
      const isItems = this.#window.bytes.subarray(at, keyEnd).equals(items);
      at = await this.#skipBlank(keyEnd);
      if (this.#window.bytes[at] !== colon) throw new UnsplittableJson('a key without `:`', at);
      at = await this.#skipBlank(at + 1);
      if (isItems && this.#window.bytes[at] === openBracket) return { at: 'items', offset: at + 1 };
      at = await this.#spanEnd(at);
    }
  }

  async #list(head: Part, known: JsonObject | null): Promise<void> {
    const hasKind = known !== null && typeof known['kind'] === 'string';
    const list = hasKind ? itemKind(known) : null;
    let streaming = list !== null;
    let held: ListItem[] = [];
    let heldBytes = 0;
    const reading = new JsonList(this.#window, head.bytes.toString('utf8'), (bytes) => this.#found.isSelected(bytes));
    for (let item = reading.next(); item !== 'end'; item = reading.next()) {
      if (item === 'more') {
        await this.#found.give();
        await this.#window.more(bounds.chunk);
      } else if (streaming) this.#item(item, list ?? ownKind);
      else {
        held.push(item);
        heldBytes += item.size;
        if (heldBytes <= bounds.streamFrom || hasKind) continue;
        for (const early of held) this.#item(early, ownKind);
        [held, streaming] = [[], true];
      }
    }
    const tail = this.#window.consume(await this.#tail());
    this.#listEnded(head, tail, held, streaming);
  }

  /** The members behind the items; a second `items` is one like any other. */
  async #tail(): Promise<number> {
    let passed = await this.#members(0);
    while (passed.at === 'items') passed = await this.#members(await this.#spanEnd(passed.offset - 1));
    return passed.offset;
  }

  #listEnded(head: Part, tail: Part, held: readonly ListItem[], streamed: boolean): void {
    const before = `${head.bytes.toString('utf8')}]`;
    const behind = tail.bytes.toString('utf8');
    const whole = objectOf(before + behind);
    if (whole === null) {
      for (const item of held) this.#item(item, ownKind);
      const { message, offset } = checkJson(before + behind).fault ?? notJson;
      this.#found.next();
      if (offset < before.length) this.#found.problemAt('PLM1202', message, head.line, before, offset);
      else this.#found.problemAt('PLM1202', message, tail.line, behind, offset - before.length);
      return;
    }
    const list = itemKind(whole);
    if (list !== null) for (const item of held) this.#item(item, list);
    else if (!streamed) this.#objectWithItems(whole, held, head.line);
    else {
      const words = 'the items of this document were read as a list, but its kind is not that of one';
      this.#found.problem('PLM1202', words, tail.line, null);
    }
  }

  /** An object of another kind that has `items`. */
  #objectWithItems(object: JsonObject, held: readonly ListItem[], line: number): void {
    this.#found.next();
    const broken = held.find(({ value }) => value === undefined);
    if (broken !== undefined) this.#broken(broken);
    else if (held.some(({ selected }) => selected) || this.#found.isSelected(Buffer.from(JSON.stringify(object)))) {
      this.#found.object({ ...object, items: held.flatMap(({ value }) => value ?? []) }, ownKind, line);
    } else this.#found.passBy();
  }

  #item(item: ListItem, list: ItemKind): void {
    this.#found.next(item.index);
    if (!item.selected) this.#found.passBy();
    else if (item.value === undefined) this.#broken(item, list);
    else this.#object(item.value, list, item, item.mayRepeatKeys);
  }

  /** An object; `checked` says whether repeated keys are to be looked for. */
  #object(value: Json, list: ItemKind, { text, line, column }: JsonText, checked: boolean): void {
    if (checked) {
      for (const { key, offset } of checkJson(text).repeated) {
        const words = `the key ${JSON.stringify(key)} is repeated; the last one counts`;
        this.#found.problemAt('PLM1203', words, line, text, offset, column);
      }
    }
    this.#found.object(value, list, line, { text: () => text, line, column });
  }

  #whole({ bytes, line }: Part): void {
    this.#found.next();
    if (!this.#found.isSelected(bytes)) {
      this.#found.passBy();
      return;
    }
    const text = bytes.toString('utf8');
    const value = parseJson(text);
    if (value === undefined) this.#broken({ text, line, column: 1 });
    else this.#object(value, ownKind, { text, line, column: 1 }, mayRepeatKeys(text, value));
  }

  /** What is no JSON may be YAML in flow style; else it is said where it ceases to be JSON. */
  #broken({ text, line, column }: JsonText, list = ownKind): void {
    addYaml(this.#found, text, line, list, () => {
      const { message, offset } = checkJson(text).fault ?? notJson;
      this.#found.problemAt('PLM1202', message, line, text, offset, column);
    });
  }

  /**
   * What no JSON value can be cut from, up to the next `---`: YAML in flow style, or else a broken object, which ends
   * where another begins at the start of a line.
   */
  async #rest(error: UnsplittableJson): Promise<void> {
    this.#found.next();
    const length = error.bound ? -1 : await this.#toSeparator();
    if (length === -1) {
      this.#found.problem('PLM1206', error.message, this.#window.line, null);
      await this.#window.skipTo('\n---');
      return;
    }
    const { line } = this.#window;
    const all = this.#window.bytes.subarray(0, length);
    let read = length;
    if (!this.#found.isSelected(all)) this.#found.passBy();
    else {
      const text = all.toString('utf8');
      addYaml(this.#found, text, line, ownKind, () => {
        const next = text.indexOf('\n{') + 1;
        const broken = next === 0 ? text : text.slice(0, next);
        const { message, offset } = checkJson(broken).fault ?? notJson;
        this.#found.problemAt('PLM1202', message, line, broken, offset);
        read = Buffer.byteLength(broken);
      });
    }
    this.#window.consume(read);
  }

  /** Text behind an object that begins none. */
  async #notJson(): Promise<void> {
    const length = await this.#toSeparator();
    const { bytes, line } = this.#window;
    const text = bytes.toString('utf8', 0, 40).split('\n', 1)[0] ?? '';
    this.#found.next();
    this.#found.problem('PLM1202', `expected another object or the end, found \`${text}\``, line, 1);
    if (length === -1) await this.#window.skipTo('\n---');
    else this.#window.consume(length);
  }

  /** Length of what stands before the next line that begins with `---`; -1 where that is beyond the bound. */
  async #toSeparator(): Promise<number> {
    for (;;) {
      const { bytes, ended } = this.#window;
      const end = bytes.indexOf('\n---');
      if (end !== -1) return end + 1;
      if (ended) return bytes.length;
      if (bytes.length > bounds.object) return -1;
      await this.#window.more(bounds.chunk);
    }
  }

  async #spanEnd(from: number): Promise<number> {
    const span = new JsonSpan(from);
    for (;;) {
      const { bytes, ended } = this.#window;
      const end = span.end(bytes, ended);
      if (end !== -1) return end;
      if (ended) throw new UnsplittableJson('the file ends inside an object', bytes.length);
      if (bytes.length > bounds.object) throw new UnsplittableJson(tooLarge, 0, true);
      await this.#window.more(bounds.chunk);
    }
  }

  async #skipBlank(from: number): Promise<number> {
    let at = from;
    for (;;) {
      const { bytes } = this.#window;
      while (at < bytes.length && blank.has(bytes[at] ?? 0)) at++;
      if (at < bytes.length || this.#window.ended) return at;
      await this.#window.more(bounds.chunk);
    }
  }
}

function objectOf(text: string): JsonObject | null {
  const value = parseJson(text);
  return value !== undefined && isJsonObject(value) ? value : null;
}
