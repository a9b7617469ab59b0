import { type DeclaredLibrary, declare } from './declaration.ts';
import { optionalOperatorDeclarations } from './operators.ts';

/** Optionals (cel-go cel/library.go, OptionalTypes). */
export const optionalDeclarations: DeclaredLibrary = {
  name: 'optionals',
  since: 28,
  functions: () => [
    declare('optional.of', 'an optional that holds the value', { optional_of: '(V) -> optional_type(V)' }),
    declare('optional.ofNonZeroValue', 'an optional of the value, none where it is null, zero or empty', {
      optional_ofNonZeroValue: '(V) -> optional_type(V)',
    }),
    declare('optional.none', 'the optional that holds nothing', { optional_none: '() -> optional_type(V)' }),
    declare('value', 'what an optional holds; an error where it holds nothing', {
      optional_value: 'optional_type(V).() -> V',
    }),
    declare('hasValue', 'true where an optional holds something', {
      optional_hasValue: 'optional_type(V).() -> bool',
    }),
    declare('or', 'the optional, or the other one where it holds nothing', {
      optional_or_optional: 'optional_type(V).(optional_type(V)) -> optional_type(V)',
    }),
    declare('orValue', 'what an optional holds, or the value given where it holds nothing', {
      optional_orValue_value: 'optional_type(V).(V) -> V',
    }),
    ...optionalOperatorDeclarations(),
    declare('last', 'an optional of the last element', { list_last: 'list(V).() -> optional_type(V)' }),
    declare('first', 'an optional of the first element', { list_first: 'list(V).() -> optional_type(V)' }),
    declare('optional.unwrap', 'what the optionals of a list hold', {
      optional_unwrap: '(list(optional_type(V))) -> list(V)',
    }),
    declare('unwrapOpt', 'what the optionals of the list hold', {
      optional_unwrapOpt: 'list(optional_type(V)).() -> list(V)',
    }),
  ],
};
