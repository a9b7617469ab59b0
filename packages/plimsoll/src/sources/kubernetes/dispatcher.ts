import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Agent, EnvHttpProxyAgent, ProxyAgent, Socks5ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Credential } from './credentials.ts';
import type { KubeContext } from './kubeconfig.ts';

/** Opens the connections of one context, with one credential. `local`: the server is on this machine. */
export type Connect = (context: KubeContext, credential: Credential, local: boolean) => Dispatcher;

/** Connections over the network, through the proxies that the context or the environment names. */
export function openDispatcher(context: KubeContext, credential: Credential, local: boolean): Dispatcher {
  const { cluster } = context;
  const inline = cluster['certificate-authority-data'];
  const file = cluster['certificate-authority'];
  const ca = inline ? Buffer.from(inline, 'base64') : file ? readFileSync(file) : null;
  const tls = {
    // Made once: each connection would parse the certificates again, and there is one for each watch.
    secureContext: createSecureContext({
      ...(ca === null ? {} : { ca }),
      ...(credential.certificate === null ? {} : { cert: credential.certificate }),
      ...(credential.key === null ? {} : { key: credential.key }),
    }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    ...(cluster['tls-server-name'] ? { servername: cluster['tls-server-name'] } : {}),
  };
  const connect = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const options = { allowH2: false, connections: null, keepAliveTimeout: 10_000 };
  const proxy = cluster['proxy-url'];
  if (proxy?.startsWith('socks')) {
    return new Socks5ProxyAgent(proxy.replace(/^socks5h?:/, 'socks5:'), { allowH2: false, requestTls: tls });
  }
  if (proxy) return new ProxyAgent({ uri: proxy, requestTls: connect, ...options });
  // Go's proxies from the environment never apply to loopback addresses.
  if (local) return new Agent({ ...options, connect });
  return new EnvHttpProxyAgent({ ...options, connect, requestTls: connect });
}
