import type { Type } from '../check/types/type.ts';
import { type Typing, fullTyping, kubernetesTyping } from '../check/typing.ts';
import type { CelFunction, Library } from '../functions/function.ts';
import { operators } from '../functions/operators.ts';
import { standardLibrary } from '../functions/standard.ts';
import { kubernetesLibraries, kyvernoLibraries } from '../functions/libraries.ts';
import type { Composition } from './composition.ts';

const basicTypes = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'optional_type',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
];

/** What an environment is made of. */
export interface EnvironmentOptions {
  /** Names of variables; their positions are the slots of an activation. */
  readonly variables?: readonly string[];
  /** Types of variables, which are dyn where none is given; `a.b` for one with a dotted name. */
  readonly types?: Readonly<Record<string, Type>>;
}

/**
 * What an expression may use: variables, functions, types. Derived environments share functions; each hands out slots
 * of its own for loop variables, so that programs of one environment can run on one activation.
 */
export class Environment {
  readonly functions: ReadonlyMap<string, CelFunction>;
  /** Functions that a later version of Kubernetes has, with its minor version. */
  readonly laterFunctions: ReadonlyMap<string, number>;
  readonly types: ReadonlySet<string>;
  readonly variableNames: readonly string[];
  readonly composed: Composition | null;
  /** What the checker goes by. */
  readonly typing: Typing;
  readonly #slots: ReadonlyMap<string, number>;
  #nextSlot: number;

  constructor(
    functions: ReadonlyMap<string, CelFunction>,
    later: ReadonlyMap<string, number>,
    variables: readonly string[],
    typing: Typing,
    composed: Composition | null = null,
  ) {
    this.functions = functions;
    this.laterFunctions = later;
    this.types = new Set(basicTypes);
    this.variableNames = variables;
    this.typing = typing;
    this.composed = composed;
    this.#slots = new Map(variables.map((name, slot) => [name, slot]));
    this.#nextSlot = variables.length;
  }

  /** The same functions with other variables. */
  withVariables(variables: readonly string[]): Environment {
    return new Environment(this.functions, this.laterFunctions, variables, this.typing);
  }

  /** The same to evaluate, checked by other rules or with other types of its variables. */
  withTyping(typing: Partial<Typing>): Environment {
    const changed = { ...this.typing, ...typing };
    return new Environment(this.functions, this.laterFunctions, this.variableNames, changed, this.composed);
  }

  /** The same functions and variables, slots of its own, and composed variables under a root name. */
  withComposition(composed: Composition | null): Environment {
    return new Environment(this.functions, this.laterFunctions, this.variableNames, this.typing, composed);
  }

  slotOf(name: string): number | undefined {
    return this.#slots.get(name);
  }

  newSlot(): number {
    this.#nextSlot += 1;
    return this.#nextSlot - 1;
  }
}

function tableOf(
  libraries: readonly Library[],
  minor: number,
): { functions: Map<string, CelFunction>; later: Map<string, number> } {
  const functions = new Map<string, CelFunction>(operators.map((fn) => [fn.name, fn]));
  const later = new Map<string, number>();
  for (const library of libraries) {
    for (const fn of library.functions) {
      if (library.since <= minor) functions.set(fn.name, fn);
      else if (!functions.has(fn.name)) later.set(fn.name, library.since);
    }
  }
  return { functions, later };
}

/**
 * The environment of admission policies on a server of `version` (`1.27` … `1.36`). A server accepts *new* expressions
 * with the libraries of the minor version before its own, and runs *stored* ones with all that it has
 * (k8s.io/apiserver pkg/cel/environment, compatibility version).
 */
export function kubernetes(
  version: string,
  expressions: 'new' | 'stored',
  options: EnvironmentOptions = {},
): Environment {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  if (Number.isNaN(minor)) throw new RangeError(`not a version of Kubernetes: ${version}`);
  const own = expressions === 'new' ? minor - 1 : minor;
  const { functions, later } = tableOf([standardLibrary, ...kubernetesLibraries], own);
  return new Environment(functions, later, options.variables ?? [], withTypes(kubernetesTyping(own), options));
}

/** The environment of Kyverno's CEL policies: that of the newest Kubernetes and what Kyverno adds. */
export function kyverno(options: EnvironmentOptions = {}): Environment {
  const { functions, later } = tableOf(
    [standardLibrary, ...kubernetesLibraries, ...kyvernoLibraries],
    Number.POSITIVE_INFINITY,
  );
  return new Environment(functions, later, options.variables ?? [], withTypes(fullTyping(), options));
}

function withTypes(typing: Typing, options: EnvironmentOptions): Typing {
  return options.types === undefined ? typing : { ...typing, variables: new Map(Object.entries(options.types)) };
}

/** The environment of the CEL specification with the extension libraries of cel-go that are here. */
export function standard(options: EnvironmentOptions = {}): Environment {
  return kyverno(options);
}
