import { CelError } from '../errors.ts';
import { parseAddress } from './ip.ts';
import { goQuote } from './go-quote.ts';
import { byteString, textOf } from './byte-string.ts';
import { type Part, escape, unescape, validEncoded } from './url-escapes.ts';
import { LibraryValue } from './library-value.ts';

interface Fields {
  readonly scheme: string;
  readonly opaque: string;
  /** Decoded; null where there is none. */
  readonly user: string | null;
  readonly password: string | null;
  readonly host: string;
  readonly path: string;
  readonly rawPath: string;
  readonly query: string;
  readonly forceQuery: boolean;
  readonly omitHost: boolean;
  readonly fragment: string;
  readonly rawFragment: string;
}

const blank: Fields = {
  scheme: '',
  opaque: '',
  user: null,
  password: null,
  host: '',
  path: '',
  rawPath: '',
  query: '',
  forceQuery: false,
  omitHost: false,
  fragment: '',
  rawFragment: '',
};

/**
 * A URL as Go's net/url (1.26) reads it, which Kubernetes uses; not WHATWG's. Go's strings are bytes, and so are the
 * fields here: one character a byte.
 */
export class Url extends LibraryValue {
  readonly #fields: Fields;

  constructor(fields: Fields) {
    super();
    this.#fields = fields;
  }

  override get type(): string {
    return 'kubernetes.URL';
  }

  /** url.ParseRequestURI, which must succeed, then url.Parse (pkg/cel/library/urls.go). @throws {CelError} */
  static parse(text: string): Url {
    const raw = byteString(text);
    parseParts(raw, true);
    const hash = raw.indexOf('#');
    const fields = parseParts(hash === -1 ? raw : raw.slice(0, hash), false);
    const fragment = hash === -1 ? '' : raw.slice(hash + 1);
    return new Url(
      fragment === '' ? fields : { ...fields, ...withRaw(fragment, 'fragment', 'fragment', 'rawFragment') },
    );
  }

  /** Why url.ParseRequestURI refuses it, in its words; null where it takes it. */
  static whyNot(text: string): string | null {
    try {
      parseParts(byteString(text), true);
      return null;
    } catch (error) {
      if (error instanceof CelError) return error.message;
      throw error;
    }
  }

  get scheme(): string {
    return textOf(this.#fields.scheme);
  }

  get host(): string {
    return textOf(this.#fields.host);
  }

  get hostname(): string {
    return textOf(splitHostPort(this.#fields.host)[0]);
  }

  get port(): string {
    return textOf(splitHostPort(this.#fields.host)[1]);
  }

  get escapedPath(): string {
    return textOf(encoded(this.#fields.path, this.#fields.rawPath, 'path'));
  }

  /** Names with their values, in order; pairs that cannot be decoded, or hold a semicolon, are left out. */
  get query(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const pair of this.#fields.query.split('&')) {
      if (pair === '' || pair.includes(';')) continue;
      const at = pair.indexOf('=');
      try {
        const name = textOf(unescape(at === -1 ? pair : pair.slice(0, at), 'query'));
        const value = textOf(unescape(at === -1 ? '' : pair.slice(at + 1), 'query'));
        found.set(name, [...(found.get(name) ?? []), value]);
      } catch (error) {
        if (!(error instanceof CelError)) throw error;
      }
    }
    return found;
  }

  override equals(other: Url): boolean {
    return this.toString() === other.toString();
  }

  /** As (*url.URL).String puts it together again. */
  override toString(): string {
    const { scheme, opaque, user, password, host, path, rawPath, query, forceQuery, omitHost, fragment, rawFragment } =
      this.#fields;
    let text = scheme === '' ? '' : `${scheme}:`;
    if (opaque === '') {
      if ((scheme !== '' || host !== '' || user !== null) && !(omitHost && host === '' && user === null)) {
        if (host !== '' || path !== '' || user !== null) text += '//';
        if (user !== null) text += `${escape(user, 'user')}${password === null ? '' : `:${escape(password, 'user')}`}@`;
        text += escape(host, 'host');
      }
      const shown = encoded(path, rawPath, 'path');
      if (shown !== '' && !shown.startsWith('/') && host !== '') text += '/';
      // A first segment with a colon would be read as a scheme.
      if (text === '' && shown.split('/', 1)[0]?.includes(':')) text += './';
      text += shown;
    } else text += opaque;
    if (forceQuery || query !== '') text += `?${query}`;
    if (fragment !== '') text += `#${encoded(fragment, rawFragment, 'fragment')}`;
    return textOf(text);
  }
}

/** The escaped form that was written, where it stands for the decoded one, else one made anew. */
function encoded(decoded: string, raw: string, part: Part): string {
  if (raw !== '' && validEncoded(raw, part) && unescape(raw, part) === decoded) return raw;
  return decoded === '*' && part === 'path' ? '*' : escape(decoded, part);
}

function withRaw<Name extends string, Raw extends string>(
  raw: string,
  part: Part,
  name: Name,
  rawName: Raw,
): Record<Name | Raw, string> {
  const decoded = unescape(raw, part);
  const hint = escape(decoded, part) === raw ? '' : raw;
  return { [name]: decoded, [rawName]: hint } as Record<Name | Raw, string>;
}

/** url.parse: `request` is ParseRequestURI, which takes absolute URLs and absolute paths alone. */
function parseParts(raw: string, request: boolean): Fields {
  // oxlint-disable-next-line no-control-regex -- these are what it looks for
  if (/[\u0000-\u001f\u007f]/.test(raw)) throw new CelError('net/url: invalid control character in URL');
  if (raw === '' && request) throw new CelError('empty url');
  if (raw === '*') return { ...blank, path: '*' };
  if (raw.startsWith(':')) throw new CelError('missing protocol scheme');
  const [, schemeText = '', afterScheme = ''] = /^(?:([A-Za-z][A-Za-z0-9+\-.]*):)?(.*)$/s.exec(raw) ?? [];
  const scheme = schemeText.toLowerCase();
  const mark = afterScheme.indexOf('?');
  const before = mark === -1 ? afterScheme : afterScheme.slice(0, mark);
  const query = mark === -1 ? '' : afterScheme.slice(mark + 1);
  const fields = { ...blank, scheme, query, forceQuery: mark !== -1 && query === '' };
  if (!before.startsWith('/')) {
    if (scheme !== '') return { ...fields, opaque: before };
    if (request) throw new CelError('invalid URI for request');
    if (before.split('/', 1)[0]?.includes(':')) throw new CelError('first path segment in URL cannot contain colon');
  }
  if ((scheme !== '' || (!request && !before.startsWith('///'))) && before.startsWith('//')) {
    const slash = before.indexOf('/', 2);
    const authority = before.slice(2, slash === -1 ? undefined : slash);
    const path = slash === -1 ? '' : before.slice(slash);
    return { ...fields, ...parseAuthority(scheme, authority), ...withRaw(path, 'path', 'path', 'rawPath') };
  }
  const omitHost = scheme !== '' && before.startsWith('/');
  return { ...fields, omitHost, ...withRaw(before, 'path', 'path', 'rawPath') };
}

function parseAuthority(scheme: string, authority: string): Pick<Fields, 'user' | 'password' | 'host'> {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at === -1) return { user: null, password: null, host };
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) throw new CelError('net/url: invalid userinfo');
  const colon = userinfo.indexOf(':');
  const user = unescape(colon === -1 ? userinfo : userinfo.slice(0, colon), 'user');
  return { user, password: colon === -1 ? null : unescape(userinfo.slice(colon + 1), 'user'), host };
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new CelError('invalid IP-literal');
  if (open === 0) return parseBracketed(host);
  const first = host.indexOf(':');
  if (first !== -1) {
    // Several colons are let through for databases' lists of hosts, but not in http (go.dev/issue/75223).
    const colon = scheme === 'http' || scheme === 'https' ? first : host.lastIndexOf(':');
    checkPort(host.slice(colon));
  }
  return unescape(host, 'host');
}

function parseBracketed(host: string): string {
  const close = host.lastIndexOf(']');
  if (close === -1) throw new CelError("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  const decoded =
    zone === -1 ? unescape(name, 'host') : unescape(name.slice(0, zone), 'host') + unescape(name.slice(zone), 'zone');
  const percent = decoded.indexOf('%');
  const address = parseAddress(percent === -1 ? decoded : decoded.slice(0, percent));
  if (address === null || address.family === 4 || percent === decoded.length - 1) throw new CelError('invalid host');
  return `[${decoded}]${port}`;
}

function checkPort(port: string): void {
  if (!/^(?::\d*)?$/.test(port)) throw new CelError(`invalid port ${goQuote(port)} after host`);
}

function splitHostPort(hostPort: string): readonly [string, string] {
  const colon = hostPort.lastIndexOf(':');
  const ported = colon !== -1 && /^:\d*$/.test(hostPort.slice(colon));
  const host = ported ? hostPort.slice(0, colon) : hostPort;
  return [
    host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host,
    ported ? hostPort.slice(colon + 1) : '',
  ];
}
