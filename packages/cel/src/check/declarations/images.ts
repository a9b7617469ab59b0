import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kyverno's image references (kyverno/sdk cel/libs/image). */
export const imageDeclarations: DeclaredLibrary = {
  name: 'image',
  since: 0,
  functions: () => [
    declare('image', {
      string_to_image_deprecated: '(string) -> kyverno.image',
    }),
    declare('parseImageReference', {
      string_to_image: '(string) -> kyverno.image',
    }),
    declare('isImage', { is_image_string: '(string) -> bool' }),
    declare('containsDigest', {
      image_contains_digest: 'kyverno.image.() -> bool',
    }),
    declare('registry', {
      image_registry: 'kyverno.image.() -> string',
    }),
    declare('repository', { image_repository: 'kyverno.image.() -> string' }),
    declare('identifier', {
      image_identifier: 'kyverno.image.() -> string',
    }),
    declare('identifierWithSeparator', {
      image_identifier_with_separator: 'kyverno.image.() -> string',
    }),
    declare('tag', { image_tag: 'kyverno.image.() -> string' }),
    declare('digest', { image_digest: 'kyverno.image.() -> string' }),
  ],
};
