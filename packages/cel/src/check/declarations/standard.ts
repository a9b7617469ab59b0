import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';
import { operatorDeclarations } from './operators.ts';

/** Conversions of one target: the overload's identifier and the source type. */
function conversion(name: string, doc: string, sources: Readonly<Record<string, string>>): FunctionDeclaration {
  return declare(
    name,
    doc,
    Object.fromEntries(Object.entries(sources).map(([id, source]) => [id, `(${source}) -> ${name}`])),
  );
}

/** A part of a timestamp, in UTC or in the time zone given; of a duration too where `ofDuration` names the overload. */
function timePart(name: string, doc: string, id: string, zoned: string, ofDuration?: string): FunctionDeclaration {
  return declare(name, doc, {
    [id]: 'timestamp.() -> int',
    [zoned]: 'timestamp.(string) -> int',
    ...(ofDuration === undefined ? {} : { [ofDuration]: 'duration.() -> int' }),
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
    conversion('bool', 'a boolean from its text', { bool_to_bool: 'bool', string_to_bool: 'string' }),
    conversion('bytes', 'the UTF-8 bytes of a string', { bytes_to_bytes: 'bytes', string_to_bytes: 'string' }),
    conversion('double', 'a double from a number or its text', {
      double_to_double: 'double',
      int64_to_double: 'int',
      string_to_double: 'string',
      uint64_to_double: 'uint',
    }),
    conversion('duration', "a duration from its text, '1h30m', or from nanoseconds", {
      duration_to_duration: 'duration',
      int64_to_duration: 'int',
      string_to_duration: 'string',
    }),
    declare('dyn', 'the value, its type left to run time', { to_dyn: '(A) -> dyn' }),
    conversion('int', 'an int from a number, its text, a timestamp (seconds) or a duration (nanoseconds)', {
      int64_to_int64: 'int',
      double_to_int64: 'double',
      duration_to_int64: 'duration',
      string_to_int64: 'string',
      timestamp_to_int64: 'timestamp',
      uint64_to_int64: 'uint',
    }),
    conversion('string', 'the text of a value', {
      string_to_string: 'string',
      bool_to_string: 'bool',
      bytes_to_string: 'bytes',
      double_to_string: 'double',
      duration_to_string: 'duration',
      int64_to_string: 'int',
      timestamp_to_string: 'timestamp',
      uint64_to_string: 'uint',
    }),
    conversion('timestamp', 'a timestamp from RFC 3339 text or from seconds since 1970', {
      timestamp_to_timestamp: 'timestamp',
      int64_to_timestamp: 'int',
      string_to_timestamp: 'string',
    }),
    conversion('uint', 'an unsigned int from a number or its text', {
      uint64_to_uint64: 'uint',
      double_to_uint64: 'double',
      int64_to_uint64: 'int',
      string_to_uint64: 'string',
    }),
    declare('contains', 'true where the string has the other inside', { contains_string: 'string.(string) -> bool' }),
    declare('endsWith', 'true where the string ends so', { ends_with_string: 'string.(string) -> bool' }),
    declare('startsWith', 'true where the string begins so', { starts_with_string: 'string.(string) -> bool' }),
    declare('matches', 'true where an RE2 pattern matches anywhere in the string', {
      matches: '(string, string) -> bool',
      matches_string: 'string.(string) -> bool',
    }),
    timePart('getFullYear', 'the year', 'timestamp_to_year', 'timestamp_to_year_with_tz'),
    timePart('getMonth', 'the month, January is 0', 'timestamp_to_month', 'timestamp_to_month_with_tz'),
    timePart(
      'getDayOfYear',
      'the day of the year, the first is 0',
      'timestamp_to_day_of_year',
      'timestamp_to_day_of_year_with_tz',
    ),
    timePart(
      'getDayOfMonth',
      'the day of the month, the first is 0',
      'timestamp_to_day_of_month',
      'timestamp_to_day_of_month_with_tz',
    ),
    timePart(
      'getDate',
      'the day of the month, the first is 1',
      'timestamp_to_day_of_month_1_based',
      'timestamp_to_day_of_month_1_based_with_tz',
    ),
    timePart(
      'getDayOfWeek',
      'the day of the week, Sunday is 0',
      'timestamp_to_day_of_week',
      'timestamp_to_day_of_week_with_tz',
    ),
    timePart(
      'getHours',
      'the hour of a timestamp, a whole duration in hours',
      'timestamp_to_hours',
      'timestamp_to_hours_with_tz',
      'duration_to_hours',
    ),
    timePart(
      'getMinutes',
      'the minute of a timestamp, a whole duration in minutes',
      'timestamp_to_minutes',
      'timestamp_to_minutes_with_tz',
      'duration_to_minutes',
    ),
    timePart(
      'getSeconds',
      'the second of a timestamp, a whole duration in seconds',
      'timestamp_to_seconds',
      'timestamp_to_seconds_tz',
      'duration_to_seconds',
    ),
    timePart(
      'getMilliseconds',
      'the milliseconds of a timestamp, a whole duration in milliseconds',
      'timestamp_to_milliseconds',
      'timestamp_to_milliseconds_with_tz',
      'duration_to_milliseconds',
    ),
  ],
};
