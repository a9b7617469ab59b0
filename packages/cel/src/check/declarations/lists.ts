import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';

/** In the order in which cel-go declares overloads for them, in ext/lists.go as well (comparableTypes). */
const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const summable = ['int', 'uint', 'double', 'duration'];

/** A member of lists with one overload for each type of element. */
function ofElements(
  name: string,
  types: readonly string[],
  overload: (type: string) => readonly [id: string, result: string],
): FunctionDeclaration {
  const overloads = types.map((type) => {
    const [id, result] = overload(type);
    return [id, `list(${type}).() -> ${result}`] as const;
  });
  return declare(name, Object.fromEntries(overloads));
}

/** Kubernetes' lists (k8s.io/apiserver pkg/cel/library/lists.go). */
export const listDeclarations: DeclaredLibrary = {
  since: 0,
  functions: () => [
    ofElements('isSorted', comparable, (type) => [`list_${type}_is_sorted_bool`, 'bool']),
    ofElements('sum', summable, (type) => [`list_${type}_sum_${type}`, type]),
    ofElements('max', comparable, (type) => [`list_${type}_max_${type}`, type]),
    ofElements('min', comparable, (type) => [`list_${type}_min_${type}`, type]),
    declare('indexOf', {
      list_a_index_of_int: 'list(A).(A) -> int',
    }),
    declare('lastIndexOf', {
      list_a_last_index_of_int: 'list(A).(A) -> int',
    }),
  ],
};

const runtimeNames: Readonly<Record<string, string>> = {
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
};

/** cel-go's ext.Lists, version 3 (ext/lists.go). */
export const extListDeclarations: DeclaredLibrary = {
  since: 34,
  functions: () => [
    declare('slice', { list_slice: 'list(T).(int, int) -> list(T)' }),
    declare('flatten', {
      list_flatten: 'list(list(T)).() -> list(T)',
      list_flatten_int: 'list(dyn).(int) -> list(dyn)',
    }),
    ofElements('sort', comparable, (type) => [`list_${runtimeNames[type] ?? type}_sort`, `list(${type})`]),
    declare(
      '@sortByAssociatedKeys',
      Object.fromEntries(
        comparable.map((type) => [
          `list_${runtimeNames[type] ?? type}_sortByAssociatedKeys`,
          `list(T).(list(${type})) -> list(T)`,
        ]),
      ),
    ),
    declare('lists.range', { lists_range: '(int) -> list(int)' }),
    declare('reverse', { list_reverse: 'list(T).() -> list(T)' }),
    declare('distinct', { list_distinct: 'list(T).() -> list(T)' }),
  ],
};
