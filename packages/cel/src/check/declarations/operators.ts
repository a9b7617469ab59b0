import { type FunctionDeclaration, declare } from './declaration.ts';

/** Pairs of types that compare, in cel-go's order; its identifiers have one name for two that are the same. */
const comparable =
  'bool int int,double int,uint uint uint,double uint,int double double,int double,uint string bytes timestamp duration';

function comparison(operator: string, prefix: string): FunctionDeclaration {
  const overloads = comparable.split(' ').map((pair) => {
    const [left = '', right = left] = pair.split(',');
    return [`${prefix}_${pair.replace(',', '_').replaceAll('int', 'int64')}`, `(${left}, ${right}) -> bool`] as const;
  });
  return declare(operator, Object.fromEntries(overloads));
}

/** An operator on two operands of one type, for each of the types that are named. */
function arithmetic(operator: string, prefix: string, types: string): FunctionDeclaration {
  const own = types
    .split(' ')
    .map((type) => [`${prefix}_${type.replace('int', 'int64')}`, `(${type}, ${type}) -> ${type}`]);
  return declare(operator, Object.fromEntries(own));
}

/** Comparisons of numbers of two types: Kubernetes has them since 1.28 (checker/env.go). */
export function isCrossTypeComparison(id: string): boolean {
  return /^(?:less|greater)(?:_equals)?_(?:u?int64|double)_(?:u?int64|double)$/.test(id);
}

/** The operators (cel-go common/stdlib/standard.go). */
export const operatorDeclarations = (): readonly FunctionDeclaration[] => [
  declare('_?_:_', {
    conditional: '(bool, A, A) -> A',
  }),
  declare('_&&_', {
    logical_and: '(bool, bool) -> bool',
  }),
  declare('_||_', {
    logical_or: '(bool, bool) -> bool',
  }),
  declare('!_', { logical_not: '(bool) -> bool' }),
  declare('@not_strictly_false', { not_strictly_false: '(bool) -> bool' }),
  declare('_==_', { equals: '(A, A) -> bool' }),
  declare('_!=_', { not_equals: '(A, A) -> bool' }),
  declare('_+_', {
    add_bytes: '(bytes, bytes) -> bytes',
    add_double: '(double, double) -> double',
    add_duration_duration: '(duration, duration) -> duration',
    add_duration_timestamp: '(duration, timestamp) -> timestamp',
    add_timestamp_duration: '(timestamp, duration) -> timestamp',
    add_int64: '(int, int) -> int',
    add_list: '(list(A), list(A)) -> list(A)',
    add_string: '(string, string) -> string',
    add_uint64: '(uint, uint) -> uint',
  }),
  arithmetic('_/_', 'divide', 'double int uint'),
  arithmetic('_%_', 'modulo', 'int uint'),
  arithmetic('_*_', 'multiply', 'double int uint'),
  declare('-_', { negate_double: '(double) -> double', negate_int64: '(int) -> int' }),
  declare('_-_', {
    subtract_double: '(double, double) -> double',
    subtract_duration_duration: '(duration, duration) -> duration',
    subtract_int64: '(int, int) -> int',
    subtract_timestamp_duration: '(timestamp, duration) -> timestamp',
    subtract_timestamp_timestamp: '(timestamp, timestamp) -> duration',
    subtract_uint64: '(uint, uint) -> uint',
  }),
  comparison('_<_', 'less'),
  comparison('_<=_', 'less_equals'),
  comparison('_>_', 'greater'),
  comparison('_>=_', 'greater_equals'),
  declare('_[_]', {
    index_list: '(list(A), int) -> A',
    index_map: '(map(A, B), A) -> B',
  }),
  declare('@in', {
    in_list: '(A, list(A)) -> bool',
    in_map: '(A, map(A, B)) -> bool',
  }),
];

/** What optionals add to the operators (cel-go cel/library.go). */
export const optionalOperatorDeclarations = (): readonly FunctionDeclaration[] => [
  declare('_?._', {
    select_optional_field: '(dyn, string) -> optional_type(V)',
  }),
  declare('_[?_]', {
    list_optindex_optional_int: '(list(V), int) -> optional_type(V)',
    optional_list_optindex_optional_int: '(optional_type(list(V)), int) -> optional_type(V)',
    map_optindex_optional_value: '(map(K, V), K) -> optional_type(V)',
    optional_map_optindex_optional_value: '(optional_type(map(K, V)), K) -> optional_type(V)',
  }),
  declare('_[_]', {
    optional_list_index_int: '(optional_type(list(V)), int) -> optional_type(V)',
    optional_map_index_value: '(optional_type(map(K, V)), K) -> optional_type(V)',
  }),
];
