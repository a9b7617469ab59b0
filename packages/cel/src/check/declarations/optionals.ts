import { type DeclaredLibrary, declare } from './declaration.ts';
import { optionalOperatorDeclarations } from './operators.ts';

/** Optionals (cel-go cel/library.go, OptionalTypes). */
export const optionalDeclarations: DeclaredLibrary = {
  since: 28,
  functions: () => [
    declare('optional.of', { optional_of: '(V) -> optional_type(V)' }),
    declare('optional.ofNonZeroValue', {
      optional_ofNonZeroValue: '(V) -> optional_type(V)',
    }),
    declare('optional.none', { optional_none: '() -> optional_type(V)' }),
    declare('value', {
      optional_value: 'optional_type(V).() -> V',
    }),
    declare('hasValue', {
      optional_hasValue: 'optional_type(V).() -> bool',
    }),
    declare('or', {
      optional_or_optional: 'optional_type(V).(optional_type(V)) -> optional_type(V)',
    }),
    declare('orValue', {
      optional_orValue_value: 'optional_type(V).(V) -> V',
    }),
    ...optionalOperatorDeclarations(),
    declare('last', { list_last: 'list(V).() -> optional_type(V)' }),
    declare('first', { list_first: 'list(V).() -> optional_type(V)' }),
    declare('optional.unwrap', {
      optional_unwrap: '(list(optional_type(V))) -> list(V)',
    }),
    declare('unwrapOpt', {
      optional_unwrapOpt: 'list(optional_type(V)).() -> list(V)',
    }),
  ],
};
