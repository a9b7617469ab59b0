import type { Activation, Program } from '../program.ts';
import type { Frame } from '../evaluate/frame.ts';
import { PER_EXPRESSION_LIMIT } from '../program.ts';
import { beginEffort } from '../values/effort.ts';
import { isGenerationAllowed } from './allowed.ts';
import { generateConditions, instantiate } from './generate.ts';
import { reserve } from './room.ts';

/** What the function of all programs gives: nothing where it gives up. */
type Holds = (frame: Frame) => boolean | undefined;

/** Runs after which one function for all has paid for its making: before each program would be made code itself. */
const PAYS_AFTER = 500;

/** Characters; the engine does not optimise longer functions (V8 max_optimized_bytecode_size). */
const LONGEST = 50_000;

/**
 * Programs that have to be true, all of them, as the validations of a policy have: made one function of generated code,
 * which reads what several of them read once, computes composed variables in place, and counts no more of their cost than
 * that it is within the limit. It says what is told in the common case, and nothing else: for messages, faults, unknowns
 * and costs the programs are run.
 */
export class Conjunction {
  readonly #programs: readonly Program[];
  #holds: Holds | null = null;
  #left: number;

  /**
   * `after`: how often it is asked before it is made code; 0 is at once.
   * @throws {RangeError} where the programs are not of one environment.
   * @throws {EvalError} where it is to be code at once, and code must not be generated from strings.
   */
  constructor(programs: readonly Program[], { after = PAYS_AFTER }: { readonly after?: number } = {}) {
    const [first] = programs;
    if (first === undefined || programs.some(({ environment }) => environment !== first.environment))
      throw new RangeError('a conjunction is of programs of one environment');
    this.#programs = programs;
    this.#left = after;
    if (after === 0) this.#make();
  }

  /**
   * True where every program gives true, false where one gives false and all before it give true; each within
   * `limit`, and all together as well. null where that is not told: they have to be run. It is a pass of its own:
   * composed variables are computed anew, and forgotten; `activation.cost` says nothing of it.
   */
  holds(activation: Activation, limit: number = PER_EXPRESSION_LIMIT): boolean | null {
    if (this.#holds === null) return this.#count();
    activation.limit = limit;
    activation.cost = 0;
    activation.composedCost = 0;
    activation.forgetComposed();
    beginEffort();
    const told = this.#holds(activation);
    activation.forgetComposed();
    return told ?? null;
  }

  #count(): null {
    this.#left -= 1;
    if (this.#left === 0 && isGenerationAllowed()) this.#make();
    return null;
  }

  #make(): void {
    const [first] = this.#programs;
    const made = first === undefined ? null : generateConditions(this.#programs, first.environment);
    if (made !== null && made.text.length <= LONGEST && reserve(this, made.length))
      this.#holds = instantiate<Holds>(made);
  }
}
