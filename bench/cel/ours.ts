import type * as Cel from '@plimsoll/cel';
import { generated } from '@plimsoll/cel/generate';
import type { Check } from './checks.ts';
import type { Judge } from './engines.ts';

/** One way in which our own engine runs a program, with what it may take beside hand-written JavaScript. */
export interface Mode {
  readonly name: string;
  readonly options: Cel.CompileOptions;
  readonly target: number;
  /** How many times faster than the fastest of the others. */
  readonly timesFaster: number;
}

/** Each is a row of its own. */
export const modes: readonly Mode[] = [
  { name: 'closures', options: {}, target: 3.5, timesFaster: 2.5 },
  { name: 'generated', options: { mode: generated }, target: 1.7, timesFaster: 5 },
];

/** A policy as it is held. */
export interface Held {
  readonly activation: Cel.Activation;
  readonly validations: readonly Cel.Program[];
  readonly messages: readonly Cel.Program[];
}

/** The compiler of whole policies, as Plimsoll compiles them, of one build of our engine. */
export function holder(cel: typeof Cel): (check: Check, options: Cel.CompileOptions) => Held {
  const base = cel.kubernetes('1.36', 'stored', { variables: ['object'] });
  return (check, options) => {
    const composer = new cel.Composer(base, 'variables', options.mode);
    for (const { name, expression } of check.variables) composer.add(name, expression);
    const { environment } = composer;
    const compiled = (source: string): Cel.Program => cel.compile(cel.parse(source), environment, options);
    return {
      activation: new cel.Activation(environment),
      validations: check.validations.map(compiled),
      messages: check.messages.map(compiled),
    };
  };
}

/** Judges as the evaluator does: one activation, used again. */
export function judgeOf({ activation, validations }: Held): Judge {
  return (object) => {
    activation.values[0] = object as object;
    activation.forgetComposed();
    for (const program of validations) {
      const value = program.run(activation);
      if (value === false) return false;
      if (value !== true) throw new Error('neither true nor false');
    }
    return true;
  };
}
