import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';

/** A member of strings, once for each list of types that it takes: cel-go's identifiers name them all. */
function ofString(name: string, doc: string, result: string, ...takes: readonly string[]): FunctionDeclaration {
  const id = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return declare(
    name,
    doc,
    Object.fromEntries(
      takes.map((types) => [
        ['string', id, ...types.split(', ')].join('_').replace(/_$/, ''),
        `string.(${types}) -> ${result}`,
      ]),
    ),
  );
}

/** cel-go's ext.Strings, version 0 (ext/strings.go). */
export const stringDeclarations: DeclaredLibrary = {
  name: 'strings',
  since: 0,
  functions: () => [
    ofString('charAt', 'the character at a position', 'string', 'int'),
    ofString(
      'indexOf',
      'where the string first has the other, from a position on; -1 where nowhere',
      'int',
      'string',
      'string, int',
    ),
    ofString(
      'lastIndexOf',
      'where the string last has the other, up to a position; -1 where nowhere',
      'int',
      'string',
      'string, int',
    ),
    ofString('lowerAscii', 'the string with ASCII letters in lower case', 'string', ''),
    ofString(
      'replace',
      'the string with occurrences replaced, at most as many as given',
      'string',
      'string, string',
      'string, string, int',
    ),
    ofString(
      'split',
      'the parts of the string between separators, at most as many as given',
      'list(string)',
      'string',
      'string, int',
    ),
    ofString('substring', 'the part of the string from a position, up to another', 'string', 'int', 'int, int'),
    ofString('trim', 'the string without white space at its ends', 'string', ''),
    ofString('upperAscii', 'the string with ASCII letters in upper case', 'string', ''),
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
