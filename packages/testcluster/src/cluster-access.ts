import { clientCertificate, type ClientIdentity } from './client-certificate.ts';
import { TestClient } from './test-client.ts';
import type { KeyedCertificate } from './x509.ts';

/** A user of the token file. */
export interface TestUser {
  readonly name: string;
  readonly token: string;
  readonly groups: readonly string[];
}

/** The users that every test cluster knows; only the first may do anything before RBAC says so. */
export const testUsers = {
  admin: { name: 'admin', token: 'admin-token', groups: ['system:masters'] },
  viewer: { name: 'viewer', token: 'viewer-token', groups: ['viewers'] },
  nobody: { name: 'nobody', token: 'nobody-token', groups: [] },
} as const satisfies Record<string, TestUser>;

/** Where a running test cluster is. */
export interface ClusterAddress {
  readonly url: string;
  /** PEM of the certificate authority. */
  readonly ca: string;
  /** A kubeconfig file with the contexts `admin`, `viewer` and `nobody`. */
  readonly kubeconfig: string;
  /** Whose client certificates the API server believes. */
  readonly clientAuthority: KeyedCertificate;
}

/** The way into a running test cluster. */
export class ClusterAccess implements ClusterAddress {
  readonly url: string;
  readonly ca: string;
  readonly kubeconfig: string;
  readonly clientAuthority: KeyedCertificate;
  readonly admin: TestClient;

  constructor({ url, ca, kubeconfig, clientAuthority }: ClusterAddress) {
    this.url = url;
    this.ca = ca;
    this.kubeconfig = kubeconfig;
    this.clientAuthority = clientAuthority;
    this.admin = this.clientFor(testUsers.admin);
  }

  /** A client for one of the users. */
  clientFor(user: TestUser): TestClient {
    return new TestClient(this.url, user.token, this.ca);
  }

  /** Issues a certificate with which the API server takes its bearer for `identity`. */
  clientCertificate(identity: ClientIdentity): KeyedCertificate {
    return clientCertificate(this.clientAuthority, identity, Date.now());
  }

  /** Makes a namespace of its own for a test and gives its name. */
  async namespace(prefix: string, labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const created = await this.admin.create('/api/v1/namespaces', { metadata: { generateName: `${prefix}-`, labels } });
    return String(created['metadata'].name);
  }
}
