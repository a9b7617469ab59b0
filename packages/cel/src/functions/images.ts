import { ImageReference } from '../values/image.ts';
import { memberOf, ofText, parses } from './define.ts';
import type { CelFunction } from './function.ts';

/** Kyverno's image references (kyverno/sdk cel/libs/image): what their text says; nothing is fetched. */
export const imageFunctions = (): readonly CelFunction[] => [
  ofText('image', (text) => ImageReference.parse(text)),
  ofText('parseImageReference', (text) => ImageReference.parse(text)),
  ofText('isImage', (text) => parses(() => ImageReference.parse(text))),
  memberOf(ImageReference, 'containsDigest', 0, (image) => image.digest !== ''),
  memberOf(ImageReference, 'registry', 0, (image) => image.registry),
  memberOf(ImageReference, 'repository', 0, (image) => image.repository),
  memberOf(ImageReference, 'identifier', 0, (image) => image.identifier),
  memberOf(ImageReference, 'identifierWithSeparator', 0, (image) => image.identifierWithSeparator),
  memberOf(ImageReference, 'tag', 0, (image) => image.tag),
  memberOf(ImageReference, 'digest', 0, (image) => image.digest),
];
