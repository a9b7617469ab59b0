import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';
import { operatorDeclarations } from './operators.ts';

/** cel-go's names for types inside overload identifiers. */
const idOf = (type: string): string => type.replace('int', 'int64');

/** Conversions of one target from the types that are named. */
function conversion(name: string, sources: string): FunctionDeclaration {
  const overloads = sources.split(' ').map((source) => [`${idOf(source)}_to_${idOf(name)}`, `(${source}) -> ${name}`]);
  return declare(name, Object.fromEntries(overloads));
}

/** A part of a timestamp, in UTC or in the time zone given; of a duration too where that has it. */
function timePart(name: string, id: string, ofDuration = false): FunctionDeclaration {
  return declare(name, {
    [`timestamp_to_${id}`]: 'timestamp.() -> int',
    [`timestamp_to_${id}${id === 'seconds' ? '_tz' : '_with_tz'}`]: 'timestamp.(string) -> int',
    ...(ofDuration ? { [`duration_to_${id}`]: 'duration.() -> int' } : {}),
  });
}

/** The standard library (cel-go common/stdlib/standard.go, common/overloads/overloads.go). */
export const standardDeclarations: DeclaredLibrary = {
  since: 0,
  functions: () => [
    ...operatorDeclarations(),
    declare('size', {
      size_bytes: '(bytes) -> int',
      bytes_size: 'bytes.() -> int',
      size_list: '(list(A)) -> int',
      list_size: 'list(A).() -> int',
      size_map: '(map(A, B)) -> int',
      map_size: 'map(A, B).() -> int',
      size_string: '(string) -> int',
      string_size: 'string.() -> int',
    }),
    declare('type', { type: '(A) -> type(A)' }),
    conversion('bool', 'bool string'),
    conversion('bytes', 'bytes string'),
    conversion('double', 'double int string uint'),
    conversion('duration', 'duration int string'),
    declare('dyn', { to_dyn: '(A) -> dyn' }),
    conversion('int', 'int double duration string timestamp uint'),
    conversion('string', 'string bool bytes double duration int timestamp uint'),
    conversion('timestamp', 'timestamp int string'),
    conversion('uint', 'uint double int string'),
    declare('contains', { contains_string: 'string.(string) -> bool' }),
    declare('endsWith', { ends_with_string: 'string.(string) -> bool' }),
    declare('startsWith', { starts_with_string: 'string.(string) -> bool' }),
    declare('matches', {
      matches: '(string, string) -> bool',
      matches_string: 'string.(string) -> bool',
    }),
    timePart('getFullYear', 'year'),
    timePart('getMonth', 'month'),
    timePart('getDayOfYear', 'day_of_year'),
    timePart('getDayOfMonth', 'day_of_month'),
    timePart('getDate', 'day_of_month_1_based'),
    timePart('getDayOfWeek', 'day_of_week'),
    timePart('getHours', 'hours', true),
    timePart('getMinutes', 'minutes', true),
    timePart('getSeconds', 'seconds', true),
    timePart('getMilliseconds', 'milliseconds', true),
  ],
};
