import { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { Path } from './paths.ts';

/** An operand of generated code: a literal, a constant or a temporary. */
export interface Operand {
  readonly text: string;
  /**
   * What is still to be done where it turns out to be a fault, as a JavaScript expression: its place is noted, and what
   * was charged too early is taken back. Whoever looks at the operand first does it, and does it once. '' for nothing.
   */
  readonly fix: string;
  /** The path that it was read by, where it is one from a name. */
  readonly path?: Path | null | undefined;
}

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

/**
 * Writes one function of generated code. In it `f` is the frame, `n` the cost so far, `L` the limit, `V` and `C` the
 * values and the composed variables, `F` the class of faults, `O` the prototype of plain objects; all other names are
 * numbered, and nothing of an expression stands in it but quoted literals.
 */
export class Writer {
  readonly constants: Constants;
  readonly #lines: string[] = [];
  readonly #variables = new Map<number, Path>();
  readonly #ahead: string[] = [];
  #temps = 0;
  #labels = 0;
  #pending = 0;

  constructor(constants: Constants) {
    this.constants = constants;
  }

  temp(): string {
    this.#temps += 1;
    return `t${this.#temps - 1}`;
  }

  label(): string {
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
    return { text: path.text, fix: '', path };
  }

  constant(value: unknown): string {
    return this.constants.nameOf(value);
  }

  /** A statement; what is charged has to be flushed before one that branches or that looks at the cost. */
  line(text: string): void {
    this.#lines.push(text);
  }

  /** A line that is written later. */
  room(): (text: string) => void {
    const at = this.#lines.push('') - 1;
    return (text) => {
      this.#lines[at] = text;
    };
  }

  /** Adds to the cost, with the next flush. */
  charge(units: number): void {
    this.#pending += units;
  }

  flush(): void {
    this.line(this.spent(0));
  }

  /** The statement that adds what is pending and more. */
  spent(more: number): string {
    const units = this.take() + more;
    return units === 0 ? '' : `n+=${units};`;
  }

  /** Takes what is pending: whoever does writes it on each of its ways. */
  take(): number {
    const units = this.#pending;
    this.#pending = 0;
    return units;
  }

  /** The statements that call out, to what reads and adds to the frame's cost. */
  callOut(target: string, call: string, pending = 0): string {
    return `f.cost=n${pending === 0 ? '' : `+${pending}`};${target}=${call};n=f.cost;`;
  }

  /** Does now what is to be done where an operand is a fault. */
  settle(operand: Operand): Operand {
    if (operand.fix === '') return operand;
    this.flush();
    this.line(fixing(operand));
    return { ...operand, fix: '' };
  }

  /** The whole function; `whole` evaluates where a variable that is read was not given. */
  finish(result: Operand, whole: string): string {
    const { text } = this.settle(result);
    this.flush();
    const variables = [...this.#variables.keys()];
    const temps = Array.from({ length: this.#temps }, (_, i) => `t${i}`);
    const names = ['n=f.cost', 'L=f.limit', 'V=f.values', 'C=f.composed', ...variables.map((v) => `a${v}=V[${v}]`)];
    const given = variables.map((v) => `a${v}===undefined`).join('||');
    const guard = given === '' ? '' : `if(${given})return ${whole}(f);`;
    const body = [...this.#ahead, ...this.#lines].filter((line) => line !== '').join('\n');
    return `function(f){\nvar ${[...names, ...temps].join(',')};\n${guard}\n${body}\nf.cost=n;return ${text};\n}`;
  }
}

/** The condition that a value is a fault: what most values are is asked before their class. */
export function isFault(text: string): string {
  if (!/^[tkVa]/.test(text)) return 'false';
  return `typeof ${text}==="object"&&${text}!==null&&${text}.__proto__!==O&&${text} instanceof F`;
}

/** The statement that does what is to be done where an operand is a fault. */
export function fixing({ text, fix }: Operand): string {
  return fix === '' ? '' : `if(${isFault(text)})${fix};`;
}

/** A value as generated code has it. */
export function operandOf(value: Value, writer: Writer): Operand {
  return { text: literalText(value) ?? writer.constant(value), fix: '' };
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

/** The factory of a program: what the constants and the nested functions stand in. */
export function programText(constants: Constants, functions: readonly string[], main: string): string {
  const names = constants.values.map((_, i) => `k${i}=k[${i}]`);
  const nested = functions.map((text, i) => `const g${i}=${text};`);
  return `"use strict";const ${['F=k.F', 'O=k.O', ...names].join(',')};\n${nested.join('\n')}\nreturn ${main}`;
}

/** The constants as the factory takes them. */
export function factoryArgument({ values }: Constants): object {
  return Object.assign([...values], { F: Fault, O: Object.prototype });
}
