import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';
import { operatorDeclarations } from './operators.ts';

/** cel-go's names for types inside overload identifiers. */
const idOf = (type: string): string => type.replace('int', 'int64');

/** Conversions of one target from the types that are named. */
function conversion(name: string, doc: string, sources: string): FunctionDeclaration {
  const overloads = sources.split(' ').map((source) => [`${idOf(source)}_to_${idOf(name)}`, `(${source}) -> ${name}`]);
  return declare(name, doc, Object.fromEntries(overloads));
}

/** A part of a timestamp, in UTC or in the time zone given; of a duration too where that has it. */
function timePart(name: string, doc: string, id: string, ofDuration = false): FunctionDeclaration {
  return declare(name, doc, {
    [`timestamp_to_${id}`]: 'timestamp.() -> int',
    [`timestamp_to_${id}${id === 'seconds' ? '_tz' : '_with_tz'}`]: 'timestamp.(string) -> int',
    ...(ofDuration ? { [`duration_to_${id}`]: 'duration.() -> int' } : {}),
  });
}

/** The standard library (cel-go common/stdlib/standard.go, common/overloads/overloads.go). */
export const standardDeclarations: DeclaredLibrary = {
  name: 'standard',
  since: 0,
  functions: () => [
    ...operatorDeclarations(),
    declare('size', 'code points of a string, bytes, elements of a list, entries of a map', {
      size_bytes: '(bytes) -> int',
      bytes_size: 'bytes.() -> int',
      size_list: '(list(A)) -> int',
      list_size: 'list(A).() -> int',
      size_map: '(map(A, B)) -> int',
      map_size: 'map(A, B).() -> int',
      size_string: '(string) -> int',
      string_size: 'string.() -> int',
    }),
    declare('type', 'the type of a value, as a value', { type: '(A) -> type(A)' }),
    conversion('bool', 'a boolean from its text', 'bool string'),
    conversion('bytes', 'the UTF-8 bytes of a string', 'bytes string'),
    conversion('double', 'a double from a number or its text', 'double int string uint'),
    conversion('duration', "a duration from its text, '1h30m', or from nanoseconds", 'duration int string'),
    declare('dyn', 'the value, its type left to run time', { to_dyn: '(A) -> dyn' }),
    conversion(
      'int',
      'an int from a number, its text, a timestamp (seconds) or a duration (nanoseconds)',
      'int double duration string timestamp uint',
    ),
    conversion('string', 'the text of a value', 'string bool bytes double duration int timestamp uint'),
    conversion('timestamp', 'a timestamp from RFC 3339 text or from seconds since 1970', 'timestamp int string'),
    conversion('uint', 'an unsigned int from a number or its text', 'uint double int string'),
    declare('contains', 'true where the string has the other inside', { contains_string: 'string.(string) -> bool' }),
    declare('endsWith', 'true where the string ends so', { ends_with_string: 'string.(string) -> bool' }),
    declare('startsWith', 'true where the string begins so', { starts_with_string: 'string.(string) -> bool' }),
    declare('matches', 'true where an RE2 pattern matches anywhere in the string', {
      matches: '(string, string) -> bool',
      matches_string: 'string.(string) -> bool',
    }),
    timePart('getFullYear', 'the year', 'year'),
    timePart('getMonth', 'the month, January is 0', 'month'),
    timePart('getDayOfYear', 'the day of the year, the first is 0', 'day_of_year'),
    timePart('getDayOfMonth', 'the day of the month, the first is 0', 'day_of_month'),
    timePart('getDate', 'the day of the month, the first is 1', 'day_of_month_1_based'),
    timePart('getDayOfWeek', 'the day of the week, Sunday is 0', 'day_of_week'),
    timePart('getHours', 'the hour of a timestamp, a whole duration in hours', 'hours', true),
    timePart('getMinutes', 'the minute of a timestamp, a whole duration in minutes', 'minutes', true),
    timePart('getSeconds', 'the second of a timestamp, a whole duration in seconds', 'seconds', true),
    timePart(
      'getMilliseconds',
      'the milliseconds of a timestamp, a whole duration in milliseconds',
      'milliseconds',
      true,
    ),
  ],
};
