import { readFile } from 'node:fs/promises';
import { type Clock, pause } from '../../model/clock.ts';
import { checkPair } from './client-certificate.ts';
import { execCredential } from './exec-credential.ts';
import type { ExecCredential } from './exec-credential.ts';
import { ApiFailure } from './failure.ts';
import type { KubeContext } from './kubeconfig.ts';

/** What proves who asks: headers of each request, and the client certificate of the connection (PEM). */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  readonly certificate: string | null;
  readonly key: string | null;
}

/** Files that are replaced under us (projected tokens, short-lived certificates) are read anew this often. */
const REREAD = 60_000;
/** A credential of a plug-in is renewed so much before it ends. */
const EARLY = 10_000;
/** A refused credential that is younger than this is not asked for again. */
const LEAST_AGE = 5_000;
/** Whoever replaces a certificate and its key has done with both after this. */
const BETWEEN_FILES = 500;

function decoded(base64: string | undefined): string | null {
  return base64 === undefined || base64 === '' ? null : Buffer.from(base64, 'base64').toString('utf8');
}

/** RFC 7230 tokens cannot hold a user's key of `Impersonate-Extra-`: client-go percent-encodes it. */
function impersonation(user: KubeContext['user']): Record<string, string> {
  // Several values of one header go in one line; the API server reads groups from repeated headers alone, so the
  // transport splits them at the newline (which no header value may hold).
  return {
    ...(user.as === undefined ? {} : { 'impersonate-user': user.as }),
    ...(user['as-uid'] === undefined ? {} : { 'impersonate-uid': user['as-uid'] }),
    ...(user['as-groups'] === undefined ? {} : { 'impersonate-group': user['as-groups'].join('\n') }),
    ...Object.fromEntries(
      Object.entries(user['as-user-extra'] ?? {}).map(([name, values]) => [
        `impersonate-extra-${encodeURIComponent(name.toLowerCase())}`,
        values.join('\n'),
      ]),
    ),
  };
}

/** The credentials of one context, kept until they end, are refused, or their files change. */
export class Credentials {
  readonly #context: KubeContext;
  readonly #clock: Clock;
  #held: Promise<Credential> | null = null;
  #until = 0;
  #obtainedAt = 0;
  #plugged: ExecCredential | null = null;

  constructor(context: KubeContext, clock: Clock) {
    this.#context = context;
    this.#clock = clock;
  }

  /** The credential to use now. Throws {@link ApiFailure} of kind `credentials` where none can be had. */
  async current(signal: AbortSignal): Promise<Credential> {
    if (this.#held !== null && this.#clock.elapsed() < this.#until) return this.#held;
    this.#obtainedAt = this.#clock.elapsed();
    this.#until = this.#obtainedAt + REREAD;
    const held = this.#obtain(signal);
    this.#held = held;
    try {
      return await held;
    } catch (error) {
      if (this.#held === held) this.#held = null;
      throw error;
    }
  }

  /**
   * The server said 401: the next request obtains a new credential, from the plug-in or the file. Many watches refused
   * at once ask for one, not for one each; a file, which costs nothing, is read again after a second.
   */
  refused(): void {
    if (this.#clock.elapsed() - this.#obtainedAt < (this.#plugged === null ? 1000 : LEAST_AGE)) return;
    this.#held = null;
    this.#plugged = null;
  }

  async #obtain(signal: AbortSignal): Promise<Credential> {
    const { user } = this.#context;
    const plugged = await this.#plugIn(signal);
    const authorization = await this.#authorization(plugged);
    const headers = { ...(authorization === null ? {} : { authorization }), ...impersonation(user) };
    try {
      return { headers, ...(await this.#pair(plugged)) };
    } catch (error) {
      // Two files are not replaced at once: between the two they are no pair.
      if (!(error instanceof ApiFailure) || !(user['client-certificate'] || user['client-key'])) throw error;
      await pause(BETWEEN_FILES, signal, this.#clock);
      return { headers, ...(await this.#pair(plugged)) };
    }
  }

  /** The client certificate and its key, which belong together. */
  async #pair(plugged: ExecCredential | null): Promise<Pick<Credential, 'certificate' | 'key'>> {
    const { user } = this.#context;
    const certificate =
      plugged?.certificate ?? (await this.#material(user['client-certificate'], user['client-certificate-data']));
    const key = plugged?.key ?? (await this.#material(user['client-key'], user['client-key-data']));
    checkPair(certificate, key);
    return { certificate, key };
  }

  async #plugIn(signal: AbortSignal): Promise<ExecCredential | null> {
    const { user, cluster } = this.#context;
    if (user.exec === undefined || user.exec === null) return null;
    const held = this.#plugged;
    const usable = held !== null && (held.expires === null || held.expires - EARLY > this.#clock.now());
    this.#plugged = usable ? held : await execCredential(user.exec, cluster, signal);
    if (this.#plugged.expires !== null) {
      const left = this.#plugged.expires - EARLY - this.#clock.now();
      this.#until = Math.min(this.#until, this.#clock.elapsed() + Math.max(1000, left));
    }
    return this.#plugged;
  }

  async #authorization(plugged: ExecCredential | null): Promise<string | null> {
    const { user } = this.#context;
    // The order is client-go's (transport/config.go): a token file outranks a token.
    const tokenFile = user.tokenFile ?? user['token-file'];
    if (tokenFile !== undefined) return `Bearer ${(await this.#read(tokenFile)).trim()}`;
    if (user.token !== undefined && user.token !== '') return `Bearer ${user.token}`;
    if (plugged !== null) return plugged.token === null ? null : `Bearer ${plugged.token}`;
    if (user.username !== undefined) {
      return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    }
    return user['auth-provider'] ? this.#provided(user['auth-provider']) : null;
  }

  /** OIDC, GCP and Azure `auth-provider` users: the one part taken from the client library, which is slow to import. */
  async #provided(provider: NonNullable<KubeContext['user']['auth-provider']>): Promise<string | null> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromClusterAndUser(
      { name: 'cluster', server: 'https://localhost', skipTLSVerify: false },
      { name: 'user', authProvider: { name: provider.name, config: { ...provider.config } } },
    );
    const options: { headers?: Record<string, string> } = {};
    try {
      await kubeconfig.applyToHTTPSOptions(options);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ApiFailure('credentials', `auth-provider ${provider.name}: ${why}`, { cause: error });
    }
    const authorization = options.headers?.['Authorization'];
    // Without a header the server would take us for system:anonymous, and answer as if rights were missing.
    if (authorization !== undefined) return authorization;
    throw new ApiFailure('credentials', `auth-provider ${provider.name}: gave no token; log in again`);
  }

  async #material(file: string | undefined, inline: string | undefined): Promise<string | null> {
    // Inline data outrank the file (client-go, clientcmd/api/types.go).
    return decoded(inline) ?? (file === undefined || file === '' ? null : this.#read(file));
  }

  async #read(file: string): Promise<string> {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ApiFailure('credentials', `cannot read ${file}: ${why}`, { cause: error });
    }
  }
}
