import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kyverno's image references (kyverno/sdk cel/libs/image). */
export const imageDeclarations: DeclaredLibrary = {
  name: 'image',
  since: 0,
  functions: () => [
    declare('image', "an image reference from its text: 'nginx:1.25'", {
      string_to_image_deprecated: '(string) -> kyverno.image',
    }),
    declare('parseImageReference', 'an image reference from its text', {
      string_to_image: '(string) -> kyverno.image',
    }),
    declare('isImage', 'true where the text is an image reference', { is_image_string: '(string) -> bool' }),
    declare('containsDigest', 'true where the image is named by digest', {
      image_contains_digest: 'kyverno.image.() -> bool',
    }),
    declare('registry', "the registry: 'index.docker.io' where none is named", {
      image_registry: 'kyverno.image.() -> string',
    }),
    declare('repository', "the repository: 'library/nginx'", { image_repository: 'kyverno.image.() -> string' }),
    declare('identifier', "tag, digest or both: 'latest' where none is named", {
      image_identifier: 'kyverno.image.() -> string',
    }),
    declare('identifierWithSeparator', "tag or digest with its separator: ':1.25'", {
      image_identifier_with_separator: 'kyverno.image.() -> string',
    }),
    declare('tag', 'the tag; empty for an image named by digest alone', { image_tag: 'kyverno.image.() -> string' }),
    declare('digest', 'the digest; empty for an image named by tag', { image_digest: 'kyverno.image.() -> string' }),
  ],
};
