import { type DeclarationTable, kubernetesTable, withMutations } from './declarations/registry.ts';
import type { FunctionDeclaration } from './declarations/declaration.ts';
import { CROSS_TYPE_COMPARISONS } from './faults.ts';
import type { Dialect, Environment } from '../environment/environment.ts';
import { type Macros, OR_VALUE } from './lower.ts';
import {
  type Type,
  bool,
  bytes,
  double,
  duration,
  dyn,
  fieldTable,
  int,
  listOf,
  mapOf,
  nullType,
  opaque,
  param,
  string,
  struct,
  timestamp,
  typeType,
  uint,
} from './types/type.ts';

/** What the checker knows about an environment: functions, variables, type names, and how strict it is. */
export interface Typing {
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  /** Functions that a later version of Kubernetes has, with its minor version. */
  readonly later: ReadonlyMap<string, number>;
  /** What to tell of functions that are not Kubernetes', for editors: lines such as `md5 hash.md5: the MD5 of text`. */
  readonly docs: readonly string[];
  /** Types of variables, dotted names included. */
  readonly variables: ReadonlyMap<string, Type>;
  /** Types that can be named. */
  readonly types: ReadonlyMap<string, Type>;
  /** The object type of that name, for `Name{…}` and as a name; null where there is none. */
  readonly objects: (name: string) => Type | null;
  /** What their dotted names begin with. */
  readonly objectRoots: readonly string[];
  readonly macros: Macros;
  /** Comparisons of an int with a double and the like. */
  readonly crossTypeComparisons: boolean;
  /** Lists and maps whose parts have one type. */
  readonly homogeneous: boolean;
  /** Regular expressions, durations and timestamps that stand there as literals are tried. */
  readonly literals: boolean;
  /** Conversions, patterns and indices that are constant are tried as if the expression were to run. */
  readonly constants: boolean;
}

const nameable = (): readonly Type[] => [
  bool,
  bytes,
  double,
  duration,
  int,
  listOf(param('A')),
  mapOf(param('A'), param('B')),
  nullType,
  string,
  timestamp,
  typeType,
  uint,
];

/** The types that every environment names, and further ones. */
export function typeNames(...further: readonly Type[]): ReadonlyMap<string, Type> {
  return new Map([...nameable(), ...further].map((type) => [type.name, type]));
}

/** The macros that come with functions. */
export function macrosOf(table: DeclarationTable): Macros {
  return {
    optionals: table.functions.has('optional.of'),
    twoVariables: table.functions.has('cel.@mapInsert'),
    sortBy: table.functions.has('@sortByAssociatedKeys'),
    bind: false,
    orValue: table.functions.has(OR_VALUE),
    math: table.functions.has('math.@min'),
  };
}

const made = new WeakMap<Dialect, Typing>();
// By what environments say themselves, which those that are derived from one another share.
const madeOf = new WeakMap<Partial<Typing>, Typing>();

/** What expressions of an environment are checked by: what its dialect says, and what it says itself. */
export function typingOf(environment: Environment): Typing {
  const { dialect, ownTyping } = environment;
  const known = madeOf.get(ownTyping);
  if (known !== undefined) return known;
  const general = made.get(dialect) ?? typingIn(dialect);
  made.set(dialect, general);
  const typing = { ...general, ...ownTyping };
  madeOf.set(ownTyping, typing);
  return typing;
}

function typingIn(dialect: Dialect): Typing {
  if (typeof dialect === 'function') return dialect();
  const typing = kubernetesTyping(dialect.minor);
  return dialect.mutation ? mutationTyping(typing) : typing;
}

/** The minor version of Kubernetes that brought IP addresses and their ranges. */
const ADDRESSES = 30;
const noDocs: readonly string[] = [];

/** What the API server of Kubernetes 1.`minor` checks by (pkg/cel/environment/base.go). */
function kubernetesTyping(minor: number): Typing {
  const table = kubernetesTable(minor);
  return {
    ...table,
    later: minor < ADDRESSES ? new Map([...table.later, ['net.IP', ADDRESSES], ['net.CIDR', ADDRESSES]]) : table.later,
    docs: noDocs,
    variables: new Map(),
    types: typeNames(
      ...(minor >= 28 ? [opaque('optional_type')] : []),
      ...(minor >= ADDRESSES ? [opaque('net.IP'), opaque('net.CIDR')] : []),
    ),
    objects: () => null,
    objectRoots: [],
    macros: macrosOf(table),
    crossTypeComparisons: minor >= CROSS_TYPE_COMPARISONS,
    homogeneous: true,
    literals: minor >= 29,
    constants: true,
  };
}

/** The same with what mutations have besides: `Object{}`, `JSONPatch{}`, `jsonpatch.escapeKey`. */
function mutationTyping(typing: Typing): Typing {
  return {
    ...typing,
    ...withMutations(typing),
    objects: (name) => patchType(name) ?? typing.objects(name),
    objectRoots: ['Object', ...typing.objectRoots],
  };
}

const anyField = { type: dyn, description: '', required: false, enum: null };
const patchFields = /* @__PURE__ */ fieldTable({ op: string, path: string, from: string, value: dyn });
/** Of RFC 6902, section 4. */
const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test'];
const operation = { type: string, description: 'what to do', required: false, enum: operations };

/**
 * `Object`, `Object.spec`, …: any field of any type; `JSONPatch`: an operation, and the API server takes any other field
 * for one without a type (pkg/cel/mutation).
 */
function patchType(name: string): Type | null {
  if (name === 'JSONPatch')
    return struct(name, {
      find: (field) => (field === 'op' ? operation : (patchFields.find(field) ?? anyField)),
      names: () => patchFields.names(),
    });
  if (name !== 'Object' && !name.startsWith('Object.')) return null;
  return struct(name, { find: () => anyField, names: () => [] });
}

/** The type that a variable of a policy has for its readers: objects become dyn (apiserver plugin/cel/composition.go). */
export function variableType(type: Type): Type {
  const [first = dyn, second = dyn] = type.params;
  switch (type.kind) {
    case 'list':
      return listOf(variableType(first));
    case 'map':
      return mapOf(variableType(first), variableType(second));
    case 'struct':
    case 'opaque':
    case 'type':
    case 'param':
    case 'error':
      return dyn;
    default:
      return type.nullable ? dyn : type;
  }
}
