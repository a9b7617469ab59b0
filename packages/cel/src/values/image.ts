import { CelError } from '../errors.ts';
import { Url } from './url.ts';
import { LibraryValue } from './library-value.ts';

const DOCKER_HUB = 'index.docker.io';
const DEFAULT_TAG = 'latest';
const repositoryForm = /^[a-z0-9_\-./]{2,255}$/;
const tagForm = /^[A-Za-z0-9_\-.]{1,128}$/;

/** An image reference as Kyverno reads it (github.com/google/go-containerregistry pkg/name, weak validation). */
export class ImageReference extends LibraryValue {
  readonly original: string;
  readonly registry: string;
  readonly repository: string;
  /** '' beside a digest, where the text names none. */
  readonly tag: string;
  readonly digest: string;

  constructor(original: string, name: string, tag: string, digest: string) {
    super();
    const [registry, repository] = splitRepository(name);
    this.original = original;
    this.registry = registry;
    this.repository = repository;
    this.tag = tag;
    this.digest = digest;
  }

  override get type(): string {
    return 'kyverno.image';
  }

  override equals(other: ImageReference): boolean {
    return this.original === other.original;
  }

  /** @throws {CelError} where it is none. */
  static parse(text: string): ImageReference {
    const [name = '', digest, ...more] = text.split('@');
    if (digest === undefined) {
      const [base, tag] = splitTag(name);
      return new ImageReference(text, base, tag ?? DEFAULT_TAG, '');
    }
    if (more.length > 0 || !/^sha256:[0-9a-f]{64}$/.test(digest))
      throw new CelError(`could not parse reference: ${text}`);
    const tag =
      name
        .slice(Math.max(name.lastIndexOf('/'), 0))
        .split(':')
        .slice(1)
        .at(-1) ?? '';
    return new ImageReference(text, withoutTag(name), tag, digest);
  }

  /** Tag, digest, or both with an `@` between them (kyverno/sdk libs/image/impl.go identifierFromReference). */
  get identifier(): string {
    return [this.tag, this.digest].filter((part) => part !== '').join('@');
  }

  /** The digest behind its `@`, else the tag behind its colon. */
  get identifierWithSeparator(): string {
    return this.digest === '' ? `:${this.tag}` : `@${this.digest}`;
  }
}

/** The name before a tag, which is what follows the last colon where no slash does. @throws {CelError} */
function splitTag(name: string): readonly [string, string | undefined] {
  const colon = name.lastIndexOf(':');
  if (colon === -1 || name.includes('/', colon)) return [name, undefined];
  const tag = name.slice(colon + 1);
  if (!tagForm.test(tag)) throw new CelError(`could not parse reference: ${name}`);
  return [name.slice(0, colon), tag];
}

/** A tag before a digest goes; where it is none, all of it is the name. */
function withoutTag(name: string): string {
  try {
    return splitTag(name)[0];
  } catch (error) {
    if (error instanceof CelError) return name;
    throw error;
  }
}

/** @throws {CelError} where either is none. */
function splitRepository(name: string): readonly [string, string] {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  if (!repositoryForm.test(repository)) throw new CelError(`could not parse reference: ${name}`);
  const given = hasRegistry ? first : DOCKER_HUB;
  const registry = given === 'docker.io' ? DOCKER_HUB : given;
  if (hasRegistry && !isAuthority(first))
    throw new CelError(`registries must be valid RFC 3986 URI authorities: ${first}`);
  const official = registry === DOCKER_HUB && !repository.includes('/');
  return [registry, official ? `library/${repository}` : repository];
}

function isAuthority(text: string): boolean {
  try {
    return Url.parse(`oci://${text}`).host === text;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}
