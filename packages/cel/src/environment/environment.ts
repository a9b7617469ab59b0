import type { Type } from '../check/types/type.ts';
import type { Typing } from '../check/typing.ts';
import { beginsDotted } from './dotted-names.ts';
import { FunctionTable } from './function-table.ts';
import { kubernetesLibraries, mutationLibrary } from '../functions/libraries.ts';
import type { Composition } from './composition.ts';
import { type Slots, slotsFrom } from './slots.ts';

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

/** Types of libraries that can be named, with the library's function that stands for it. */
const libraryTypes: ReadonlyMap<string, string> = new Map([
  ['net.IP', 'isIP'],
  ['net.CIDR', 'isCIDR'],
]);

/** What an environment is made of. */
export interface EnvironmentOptions {
  /** Names of variables; their positions are the slots of an activation. */
  readonly variables?: readonly string[];
  /** Also what mutating policies have: `Object{…}`, `JSONPatch{…}`, `jsonpatch.escapeKey`. */
  readonly mutation?: boolean;
  /** Types of variables, which are dyn where none is given; `a.b` for one with a dotted name. */
  readonly types?: Readonly<Record<string, Type>>;
}

/**
 * Whose rules an environment follows: a version of Kubernetes, of which the checker, where there is one, makes its
 * tables itself (check/typing.ts); or another dialect, which brings what it is checked by.
 */
export type Dialect = KubernetesDialect | (() => Typing);

/** What the API server of a version has. */
interface KubernetesDialect {
  /** Minor version of the libraries. */
  readonly minor: number;
  readonly mutation: boolean;
}

// Every policy has an environment of its own, most with the functions and variables of all.
const typesByTable = /* @__PURE__ */ new WeakMap<FunctionTable, ReadonlySet<string>>();
const slotsByVariables = /* @__PURE__ */ new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function typesIn(table: FunctionTable): ReadonlySet<string> {
  const known = typesByTable.get(table);
  if (known !== undefined) return known;
  const named = [...libraryTypes].filter(([, fn]) => table.has(fn)).map(([type]) => type);
  const types = new Set([...basicTypes, ...named]);
  typesByTable.set(table, types);
  return types;
}

function slotsOf(variables: readonly string[]): ReadonlyMap<string, number> {
  const known = slotsByVariables.get(variables);
  if (known !== undefined) return known;
  const slots = new Map(variables.map((name, slot) => [name, slot]));
  slotsByVariables.set(variables, slots);
  return slots;
}

/**
 * What an expression may use: variables, functions, types. Derived environments share functions; programs of one
 * environment can run on one activation, one after another.
 */
export class Environment {
  readonly table: FunctionTable;
  readonly types: ReadonlySet<string>;
  readonly variableNames: readonly string[];
  readonly composed: Composition | null;
  readonly dialect: Dialect;
  /** What the checker goes by in place of what the dialect says: `typingOf` gives the whole. */
  readonly ownTyping: Partial<Typing>;
  readonly #slots: ReadonlyMap<string, number>;

  constructor(
    table: FunctionTable,
    variables: readonly string[],
    dialect: Dialect,
    ownTyping: Partial<Typing>,
    composed: Composition | null = null,
  ) {
    this.table = table;
    this.types = typesIn(table);
    this.variableNames = variables;
    this.dialect = dialect;
    this.ownTyping = ownTyping;
    this.composed = composed;
    this.#slots = slotsOf(variables);
  }

  /** The same functions with other variables, and without composed ones, which read those that it has. */
  withVariables(variables: readonly string[]): Environment {
    return new Environment(this.table, variables, this.dialect, this.ownTyping);
  }

  /** The same to evaluate, checked by other rules or with other types of its variables. */
  withTyping(typing: Partial<Typing>): Environment {
    const own = { ...this.ownTyping, ...typing };
    return new Environment(this.table, this.variableNames, this.dialect, own, this.composed);
  }

  /** The same functions and variables, and composed variables under a root name. */
  withComposition(composed: Composition | null): Environment {
    return new Environment(this.table, this.variableNames, this.dialect, this.ownTyping, composed);
  }

  /** Where an activation keeps the variable; undefined where there is none of that name. */
  slotOf(name: string): number | undefined {
    return this.#slots.get(name);
  }

  /**
   * True where the dotted name of a variable or type begins with that name: `authorizer` of
   * `authorizer.requestResource`.
   */
  beginsDotted(root: string): boolean {
    return beginsDotted(this.#slots, root) || beginsDotted(this.types, root);
  }

  /** Places in activations for the variables that one program declares itself. */
  newSlots(): Slots {
    return slotsFrom(this.variableNames.length + 1);
  }
}

/** The minor versions of Kubernetes whose CEL is known. */
const OLDEST = 27;
const NEWEST = 36;

/**
 * The environment of admission policies on a server of `version` (`1.27` … `1.36`). A server accepts *new* expressions
 * with the libraries of the minor version before its own, and runs *stored* ones with all that it has
 * (k8s.io/apiserver pkg/cel/environment, compatibility version).
 * @throws {RangeError} for any other version: which of these comes nearest to it is for the caller to say.
 */
export function kubernetes(
  version: string,
  expressions: 'new' | 'stored',
  options: EnvironmentOptions = {},
): Environment {
  const minor = Number(/^1\.(\d\d)$/.exec(version)?.[1]);
  if (!(minor >= OLDEST && minor <= NEWEST))
    throw new RangeError(`no version of Kubernetes from 1.${OLDEST} to 1.${NEWEST}: ${version}`);
  const own = expressions === 'new' ? minor - 1 : minor;
  const libraries = options.mutation === true ? [...kubernetesLibraries, mutationLibrary] : kubernetesLibraries;
  const table = new FunctionTable(libraries, own);
  const dialect = { minor: own, mutation: options.mutation === true };
  return new Environment(table, options.variables ?? [], dialect, typesOf(options));
}

/** The types that were given to variables, as the checker reads them. */
export function typesOf(options: EnvironmentOptions): Partial<Typing> {
  return options.types === undefined ? {} : { variables: new Map(Object.entries(options.types)) };
}
