import type * as Cel from '@plimsoll/cel';
import { Conjunction, generated } from '@plimsoll/cel/generate';
import type { Check } from './checks.ts';
import type { Judge } from './engines.ts';

/** One way in which our own engine runs a program, with what it may take beside hand-written JavaScript. */
export interface Mode {
  readonly name: string;
  readonly options: Cel.CompileOptions;
  /** Pods have the type of their schema where a check's expressions fit it; else they are of any type. */
  readonly typed: boolean;
  readonly target: number;
  /** How many times faster than the fastest of the others. */
  readonly timesFaster: number;
}

/** Each is a row of its own. */
export const modes: readonly Mode[] = [
  { name: 'closures', options: {}, typed: false, target: 3.5, timesFaster: 2.5 },
  { name: 'generated', options: { mode: generated }, typed: false, target: 1.7, timesFaster: 5 },
  { name: 'generated, schema types', options: { mode: generated }, typed: true, target: 1.3, timesFaster: 5 },
];

/** A policy as it is held. */
export interface Held {
  readonly activation: Cel.Activation;
  readonly validations: readonly Cel.Program[];
  /** All validations as one function; null where they run one by one. */
  readonly together: Conjunction | null;
  readonly messages: readonly Cel.Program[];
}

/** Compiles a whole policy. */
export type Hold = (check: Check, options: Cel.CompileOptions) => Held;

/** The compiler of whole policies, as Plimsoll compiles them, of one build of our engine. */
export function holder(cel: typeof Cel): Hold {
  return holderIn(cel, cel.kubernetes('1.36', 'stored', { variables: ['object'] }));
}

/**
 * The same about objects of one type. A check with an expression that does not fit it is compiled for any type, as the
 * API server does: the schema has a type of its own for each of the lists in `spec.containers + spec.initContainers`.
 */
export function typedHolder(cel: typeof Cel, object: Cel.Type): Hold {
  const untyped = cel.kubernetes('1.36', 'stored', { variables: ['object'] });
  const [typed, plain] = [holderIn(cel, cel.admission(untyped, { types: { object } })), holder(cel)];
  return (check, options) => {
    try {
      return typed(check, options);
    } catch (error) {
      if (error instanceof cel.CompileError) return plain(check, options);
      throw error;
    }
  };
}

function holderIn(cel: typeof Cel, base: Cel.Environment): Hold {
  return (check, options) => {
    const composer = new cel.Composer(base, 'variables', options.mode);
    for (const { name, expression } of check.variables) composer.add(name, expression);
    const { environment } = composer;
    const compiled = (source: string): Cel.Program => cel.compile(cel.parse(source), environment, options);
    const validations = check.validations.map(compiled);
    return {
      activation: new cel.Activation(environment),
      validations,
      together: together(validations, options),
      messages: check.messages.map(compiled),
    };
  };
}

function together(validations: readonly Cel.Program[], { mode }: Cel.CompileOptions): Conjunction | null {
  if (mode === undefined) return null;
  return new Conjunction(validations, mode === generated ? { after: 0 } : {});
}

/** Judges as the evaluator does: one activation, used again; generated code by all validations together first. */
export function judgeOf({ activation, validations, together }: Held): Judge {
  return (object) => {
    activation.values[0] = object as object;
    const holds = together?.holds(activation) ?? null;
    if (holds !== null) return holds;
    activation.forgetComposed();
    for (const program of validations) {
      const value = program.run(activation);
      if (value === false) return false;
      if (value !== true) throw new Error('neither true nor false');
    }
    return true;
  };
}
