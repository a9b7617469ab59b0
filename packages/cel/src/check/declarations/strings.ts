import { type DeclaredLibrary, declare } from './declaration.ts';

/** cel-go's ext.Strings, version 0 (ext/strings.go). */
export const stringDeclarations: DeclaredLibrary = {
  name: 'strings',
  since: 0,
  functions: () => [
    declare('charAt', 'the character at a position', { string_char_at_int: 'string.(int) -> string' }),
    declare('indexOf', 'where the string first has the other, from a position on; -1 where nowhere', {
      string_index_of_string: 'string.(string) -> int',
      string_index_of_string_int: 'string.(string, int) -> int',
    }),
    declare('lastIndexOf', 'where the string last has the other, up to a position; -1 where nowhere', {
      string_last_index_of_string: 'string.(string) -> int',
      string_last_index_of_string_int: 'string.(string, int) -> int',
    }),
    declare('lowerAscii', 'the string with ASCII letters in lower case', {
      string_lower_ascii: 'string.() -> string',
    }),
    declare('replace', 'the string with occurrences replaced, at most as many as given', {
      string_replace_string_string: 'string.(string, string) -> string',
      string_replace_string_string_int: 'string.(string, string, int) -> string',
    }),
    declare('split', 'the parts of the string between separators, at most as many as given', {
      string_split_string: 'string.(string) -> list(string)',
      string_split_string_int: 'string.(string, int) -> list(string)',
    }),
    declare('substring', 'the part of the string from a position, up to another', {
      string_substring_int: 'string.(int) -> string',
      string_substring_int_int: 'string.(int, int) -> string',
    }),
    declare('trim', 'the string without white space at its ends', { string_trim: 'string.() -> string' }),
    declare('upperAscii', 'the string with ASCII letters in upper case', {
      string_upper_ascii: 'string.() -> string',
    }),
    declare('join', 'the strings of a list as one, a separator between them', {
      list_join: 'list(string).() -> string',
      list_join_string: 'list(string).(string) -> string',
    }),
  ],
};

/** What version 2 of ext.Strings adds. */
export const formatDeclarations: DeclaredLibrary = {
  name: 'strings.format',
  since: 29,
  functions: () => [
    declare('format', "the text with its clauses filled: '%s is %d'.format(['web', 3])", {
      string_format: 'string.(list(dyn)) -> string',
    }),
    declare('strings.quote', 'the string as a literal with escapes', { strings_quote: '(string) -> string' }),
  ],
};

/** What version 3 adds; Kubernetes has version 2. */
export const reverseDeclarations: DeclaredLibrary = {
  name: 'strings.reverse',
  since: Number.POSITIVE_INFINITY,
  functions: () => [declare('reverse', 'the string backwards', { string_reverse: 'string.() -> string' })],
};
