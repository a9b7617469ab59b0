import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kyverno's image references (kyverno/sdk cel/libs/image). */
export const imageDeclarations: DeclaredLibrary = {
  since: 0,
  functions: () => [
    declare('image', {
      string_to_image_deprecated: '(string) -> opaque(kyverno.image)',
    }),
    declare('parseImageReference', {
      string_to_image: '(string) -> opaque(kyverno.image)',
    }),
    declare('isImage', { is_image_string: '(string) -> bool' }),
    declare('containsDigest', {
      image_contains_digest: 'opaque(kyverno.image).() -> bool',
    }),
    declare('registry', {
      image_registry: 'opaque(kyverno.image).() -> string',
    }),
    declare('repository', { image_repository: 'opaque(kyverno.image).() -> string' }),
    declare('identifier', {
      image_identifier: 'opaque(kyverno.image).() -> string',
    }),
    declare('identifierWithSeparator', {
      image_identifier_with_separator: 'opaque(kyverno.image).() -> string',
    }),
    declare('tag', { image_tag: 'opaque(kyverno.image).() -> string' }),
    declare('digest', { image_digest: 'opaque(kyverno.image).() -> string' }),
  ],
};
