import { FieldHolder } from '../values/field-holder.ts';
import { hasEffort } from '../values/effort.ts';
import { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { Path } from './paths.ts';

/** What is known of an operand where it stands: `any` may be a fault, `value` is anything else. */
export type Kind = 'any' | 'value' | 'bool' | 'text' | 'number' | 'list';

/** An operand of generated code: a literal, a constant or a temporary. */
export interface Operand {
  readonly text: string;
  readonly kind: Kind;
  /** The path that it was read by, where it is one from a name. */
  readonly path?: Path | null | undefined;
  /** Its value, where that is known. */
  readonly constant?: Value | undefined;
}

/** The statement that gives up: closures do the whole anew. */
export const BAIL = 'break z;';

/** Values that generated code refers to by number. */
export class Constants {
  readonly values: unknown[] = [];
  readonly #names = new Map<unknown, string>();

  nameOf(value: unknown): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = `k${this.values.length}`;
      this.values.push(value);
      this.#names.set(value, name);
    }
    return name;
  }
}

/** How far a function is written, to go back there. */
interface Mark {
  readonly lines: number;
  readonly pending: number;
}

/**
 * What generated code knows of its cost: `exact` at each end of it, or that it is no higher than a `bound`, which takes
 * one addition for each loop.
 */
export type Costs = 'exact' | 'bound';

/**
 * Writes one function of generated code. In it `f` is the frame, `i` the index of the variable that it computes, `n`
 * the cost so far, `L` the limit, `V` and `C` the values and the composed variables, `F` the class of faults, `H` that
 * of values with fields, `O` the prototype of plain objects; `m` is the effort that it makes itself, `s` and `e` the cost
 * and the effort that it began with, `x` the effort before a composed variable, `z` the block that giving up leaves. All
 * other names are numbered, and nothing of an expression stands in it but quoted literals.
 */
export class Writer {
  readonly constants: Constants;
  readonly costs: Costs;
  #lines: string[] = [];
  readonly #variables = new Map<number, Path>();
  readonly #ahead: string[] = [];
  #temps = 0;
  #labels = 0;
  #pending = 0;
  #hasEffort = false;
  #plain = new Set<string>();
  /** How many blocks are around that are not always run. */
  #asides = 0;
  /** What is written apart from the lines, in the order in which it runs; its cost; and what is asked in all of it. */
  readonly #segments: string[] = [];
  #segmentCost = 0;
  #plainBefore: ReadonlySet<string> = new Set();

  constructor(constants: Constants, costs: Costs) {
    this.constants = constants;
    this.costs = costs;
  }

  temp(): string {
    this.#temps += 1;
    return `t${this.#temps - 1}`;
  }

  #label(): string {
    this.#labels += 1;
    return `q${this.#labels - 1}`;
  }

  /** A variable of the environment, which a run never changes; `begin` makes its path when it is first read. */
  variable(slot: number, begin: (text: string, ahead: string[]) => Path): Operand {
    let path = this.#variables.get(slot);
    if (path === undefined) {
      path = begin(`a${slot}`, this.#ahead);
      this.#variables.set(slot, path);
    }
    return { text: path.text, kind: 'any', path };
  }

  constant(value: unknown): string {
    return this.constants.nameOf(value);
  }

  /** A statement that takes no other way than to the next one, or gives up. */
  line(text: string): void {
    this.#lines.push(text);
  }

  /** A statement that branches, or that looks at the cost: what is charged so far is added before it. */
  branch(text: string): void {
    const units = this.take();
    if (units !== 0) this.#lines.push(`n+=${units};`);
    this.#lines.push(text);
  }

  /** What is written in a block that others break out of, by its label. */
  block(write: (label: string) => void): void {
    const label = this.#label();
    this.branch(`${label}:{`);
    this.aside(() => write(label));
    this.branch('}');
  }

  /** Writes what is not always run: what is asked there is not known behind it. */
  aside(write: () => void): void {
    const plain = new Set(this.#plain);
    this.#asides += 1;
    write();
    this.#asides -= 1;
    this.#plain = plain;
  }

  /** True where the next line is always run. */
  get isCertain(): boolean {
    return this.#asides === 0;
  }

  /** True where it is asked before that a value is none of those with answers of their own; `always` from here on. */
  isPlain(text: string, always: boolean): boolean {
    if (this.#plain.has(text)) return true;
    if (always) this.#plain.add(text);
    return false;
  }

  /** Writes the next of several conditions: one that gives up ends the function. */
  condition(write: () => void): void {
    this.#segment(write, (lines) => `y:{z:{\n${lines}\nbreak y;}\nreturn;}`);
    this.#plainBefore = new Set(this.#plain);
  }

  /** Writes what runs before the condition that is written now, and leaves its temporaries empty where it gives up. */
  beforehand<T>(write: () => T): T {
    const [plain, asides] = [this.#plain, this.#asides];
    [this.#plain, this.#asides] = [new Set(this.#plainBefore), 0];
    const result = this.#segment(write, (lines) => `z:{\n${lines}\n}`);
    [this.#plain, this.#asides] = [plain, asides];
    return result;
  }

  #segment<T>(write: () => T, whole: (lines: string) => string): T {
    const [lines, pending] = [this.#lines, this.#pending];
    [this.#lines, this.#pending] = [[], 0];
    const result = write();
    this.#segments.push(whole(this.#lines.filter((line) => line !== '').join('\n')));
    this.#segmentCost += this.#pending;
    [this.#lines, this.#pending] = [lines, pending];
    return result;
  }

  /** A line that is written later. */
  room(): (text: string) => void {
    const lines = this.#lines;
    const at = lines.push('') - 1;
    return (text) => {
      lines[at] = text;
    };
  }

  /** Adds to the cost, with the next statement that branches. */
  charge(units: number): void {
    this.#pending += units;
  }

  /** Takes what is pending: whoever does writes it on each of its ways. A bound is the sum of all ways, and waits. */
  take(): number {
    if (this.costs === 'bound') return 0;
    const units = this.#pending;
    this.#pending = 0;
    return units;
  }

  /** The statement that charges units on one way; '' where that is part of a bound. */
  charged(units: number): string {
    if (this.costs === 'exact') return units === 0 ? '' : `n+=${units};`;
    this.#pending += units;
    return '';
  }

  /** Writes the body of a loop; gives the statement that stands before it and charges the bound of so many turns. */
  turns(count: string, write: () => void): string {
    if (this.costs === 'exact') {
      write();
      return '';
    }
    const before = this.#pending;
    this.#pending = 0;
    write();
    const units = this.#pending;
    this.#pending = before;
    return `n+=${count}*${units};`;
  }

  /** The statement that counts effort of its own, which a function that gives up has not counted. */
  effort(parts: string): string {
    this.#hasEffort = true;
    return `m+=${parts};`;
  }

  mark(): Mark {
    return { lines: this.#lines.length, pending: this.#pending };
  }

  goBack({ lines, pending }: Mark): void {
    this.#lines.length = lines;
    this.#pending = pending;
  }

  /**
   * The whole function. `start` is the cost that it begins with, `end` gives the value back, `whole` does where the
   * function gives up. `tried` functions call what may throw, and what counts effort, which is not counted twice.
   */
  finish(start: string, end: string, whole: string, tried: { readonly spent: string; readonly resume: string } | null) {
    const counted = this.#hasEffort ? `if(!${this.constant(hasEffort)}(m))${BAIL}` : '';
    this.branch(`if(n>L)${BAIL}${counted}${end}`);
    const own = tried === null ? [] : ['s=f.cost', `e=${tried.spent}()`, 'x'];
    const names = [
      `n=${start}`,
      'L=f.limit',
      'V=f.values',
      'C=f.composed',
      ...(this.#hasEffort ? ['m=0'] : []),
      ...own,
    ];
    const body = [...this.#begin(), ...this.#lines].filter((line) => line !== '');
    const block = `z:{\n${body.join('\n')}\n}`;
    const fast = tried === null ? block : `try{${block}}catch{}\nf.cost=s;${tried.resume}(e);`;
    return `function(f,i){\nvar ${[...names, ...this.#names()].join(',')};\n${fast}\n${whole}}`;
  }

  /**
   * The function of all conditions: true where all are, nothing where it gives up. `spent` is the bound of what it
   * costs.
   */
  finishConditions(spent: string, isTried: boolean): string {
    const names = [`n=${this.#segmentCost}`, 'L=f.limit', 'V=f.values', 'C=f.composed', ...this.#names()];
    const ahead = `y:{z:{\n${[...this.#begin(), 'break y;'].join('\n')}}\nreturn;}`;
    const all = [ahead, ...this.#segments, `if(${spent}<=L)return true;`].join('\n');
    return `function(f){\nvar ${names.join(',')};\n${isTried ? `try{${all}}catch{}` : all}}`;
  }

  /** The variables that it reads, and all that it computes. */
  #names(): readonly string[] {
    const temps = Array.from({ length: this.#temps }, (_, i) => `t${i}`);
    return [...[...this.#variables.keys()].map((v) => `a${v}=V[${v}]`), ...temps];
  }

  /** Gives up where a variable is not given; then what is read ahead. */
  #begin(): readonly string[] {
    const given = [...this.#variables.keys()].map((v) => `a${v}===undefined`).join('||');
    return [given === '' ? '' : `if(${given})${BAIL}`, ...this.#ahead];
  }
}

/** A value as generated code has it. */
export function operandOf(value: Value, writer: Writer): Operand {
  return { text: literalText(value) ?? writer.constant(value), kind: kindOf(value), constant: value };
}

function kindOf(value: Value): Kind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'number' : 'value';
  return Array.isArray(value) ? 'list' : 'value';
}

function literalText(value: Value): string | null {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)
    ? String(value)
    : null;
}

/** A string literal in ASCII: no line separator and no lone surrogate stands in the source as it is. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The factory of a function: what the constants stand in. */
export function factoryText(constants: Constants, main: string): string {
  const names = constants.values.map((_, i) => `k${i}=k[${i}]`);
  return `"use strict";const ${['F=k.F', 'H=k.H', 'O=k.O', ...names].join(',')};\nreturn ${main}`;
}

/**
 * The function that a factory's text makes of its constants.
 * @throws {EvalError} where code must not be made of strings.
 */
export function functionOf(text: string, values: readonly unknown[]): (...args: never[]) => unknown {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- that is the point
  const factory = new Function('k', text) as (constants: object) => (...args: never[]) => unknown;
  return factory(Object.assign([...values], { F: Fault, H: FieldHolder, O: Object.prototype }));
}
