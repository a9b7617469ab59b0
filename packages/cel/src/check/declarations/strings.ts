import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';

/** A member of strings, once for each list of types that it takes: cel-go's identifiers name them all. */
function ofString(name: string, result: string, ...takes: readonly string[]): FunctionDeclaration {
  const id = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return declare(
    name,
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
  since: 0,
  functions: () => [
    ofString('charAt', 'string', 'int'),
    ofString('indexOf', 'int', 'string', 'string, int'),
    ofString('lastIndexOf', 'int', 'string', 'string, int'),
    ofString('lowerAscii', 'string', ''),
    ofString('replace', 'string', 'string, string', 'string, string, int'),
    ofString('split', 'list(string)', 'string', 'string, int'),
    ofString('substring', 'string', 'int', 'int, int'),
    ofString('trim', 'string', ''),
    ofString('upperAscii', 'string', ''),
    declare('join', {
      list_join: 'list(string).() -> string',
      list_join_string: 'list(string).(string) -> string',
    }),
  ],
};

/** What version 2 of ext.Strings adds. */
export const formatDeclarations: DeclaredLibrary = {
  since: 29,
  functions: () => [
    declare('format', {
      string_format: 'string.(list(dyn)) -> string',
    }),
    declare('strings.quote', { strings_quote: '(string) -> string' }),
  ],
};

/** What version 3 adds; Kubernetes has version 2. */
export const reverseDeclarations: DeclaredLibrary = {
  since: Number.POSITIVE_INFINITY,
  functions: () => [declare('reverse', { string_reverse: 'string.() -> string' })],
};
