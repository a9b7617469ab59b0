import type { CelFunction, Feature, Library } from '../functions/function.ts';
import type { Value } from '../values/value.ts';
import { sinceWhen } from './later.ts';

type Style = 'global' | 'member';

/** The functions, macros and syntax that a version has, and which later version has the rest. */
export class FunctionTable {
  readonly #functions: Readonly<Record<Style, ReadonlyMap<string, CelFunction>>>;
  readonly #features: ReadonlySet<Feature>;
  readonly #later: ReadonlyMap<string, number>;

  /** Those of the libraries that Kubernetes 1.`minor` has; a later library adds to its namesakes of an earlier one. */
  constructor(libraries: readonly Library[], minor: number) {
    const functions = { global: new Map<string, CelFunction>(), member: new Map<string, CelFunction>() };
    const features = new Set<Feature>();
    const later = new Map<string, number>();
    for (const library of libraries.filter(({ since }) => since <= minor)) {
      for (const feature of library.features ?? []) features.add(feature);
      for (const fn of functionsOf(library))
        for (const style of stylesOf(fn)) {
          const known = functions[style].get(fn.name);
          functions[style].set(fn.name, known === undefined ? fn : merge(known, fn));
        }
    }
    for (const library of libraries.filter(({ since }) => since > minor)) {
      for (const name of [...(library.features ?? []), ...functionsOf(library).map((fn) => fn.name)])
        if (!later.has(name)) later.set(name, library.since);
    }
    this.#functions = functions;
    this.#features = features;
    this.#later = later;
  }

  /** The function of that name that can be called so. */
  find(name: string, style: Style, arity: number): CelFunction | undefined {
    const found = this.#functions[style].get(name);
    return found !== undefined && (found.arity === 'any' ? arity > 0 : found.arity.includes(arity)) ? found : undefined;
  }

  has(name: string): boolean {
    return this.#functions.global.has(name) || this.#functions.member.has(name);
  }

  hasFeature(feature: Feature): boolean {
    return this.#features.has(feature);
  }

  /** The minor version that brings a function, namespace or feature which this one lacks; undefined where none does. */
  later(name: string): number | undefined {
    return sinceWhen(name, this.#later);
  }

  get names(): readonly string[] {
    return [...this.#functions.global.keys(), ...this.#functions.member.keys()];
  }
}

const made = new WeakMap<Library, readonly CelFunction[]>();

/** The functions of a library, made once: they are told apart by what they are. */
export function functionsOf(library: Library): readonly CelFunction[] {
  const known = made.get(library) ?? library.functions();
  made.set(library, known);
  return known;
}

function stylesOf(fn: CelFunction): readonly Style[] {
  return fn.style === 'both' ? ['global', 'member'] : [fn.style];
}

function merge(first: CelFunction, second: CelFunction): CelFunction {
  const { accepts } = second;
  if (accepts === undefined) throw new Error(`two functions ${second.name} that nothing tells apart`);
  return {
    name: first.name,
    style: first.style,
    arity: first.arity === 'any' || second.arity === 'any' ? 'any' : [...new Set([...first.arity, ...second.arity])],
    apply: (...args) => (accepts(args[0] ?? null) ? second.apply(...args) : first.apply(...args)),
    costFor: (overload) => {
      const [a, b] = [first, second].map((fn) => (fn.costFor === undefined ? fn.cost : fn.costFor(overload)));
      return (args) => (accepts(args[0] ?? null) ? b : a)?.(args) ?? 1;
    },
    ...(first.accepts === undefined
      ? {}
      : { accepts: (value: Value) => accepts(value) || first.accepts?.(value) === true }),
  };
}
