import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Component } from './binaries.ts';
import { testUsers } from './cluster-access.ts';
import type { KeyedCertificate } from './x509.ts';

/** A component with its command line. */
export interface ComponentPlan {
  readonly component: Component;
  readonly flags: readonly string[];
}

/** Where etcd keeps its data. */
export function etcdFolder(folder: string): string {
  return join(folder, 'etcd');
}

/** The command line of an etcd that is quick and keeps nothing through a power cut. */
export function etcdPlan(folder: string, clientUrl: string, peerPort: number): ComponentPlan {
  return {
    component: 'etcd',
    flags: [
      `--data-dir=${etcdFolder(folder)}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      '--unsafe-no-fsync',
      '--log-level=error',
    ],
  };
}

/** The command line of an API server; writes its key, its users and its clients' authority into `folder`. */
export function apiServerPlan(
  folder: string,
  etcdUrl: string,
  port: number,
  authority: KeyedCertificate,
  { emulatedVersion, apiServerFlags = [] }: { emulatedVersion?: string; apiServerFlags?: readonly string[] },
): ComponentPlan {
  const key = join(folder, 'service-account.key');
  const tokens = join(folder, 'tokens.csv');
  const clients = join(folder, 'client-authority.crt');
  writeFileSync(clients, authority.certificate);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const lines = Object.values(testUsers).map(
    ({ name, token, groups }) => `${token},${name},${name},"${groups.join(',')}"`,
  );
  writeFileSync(tokens, `${lines.join('\n')}\n`, { mode: 0o600 });
  const flags = [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.0.0.0/24',
    `--cert-dir=${certificatesFolder(folder)}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${tokens}`,
    `--client-ca-file=${clients}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--disable-admission-plugins=ServiceAccount',
    '--allow-privileged=true',
    '--runtime-config=api/all=true',
    '--enable-aggregator-routing=true',
    ...(emulatedVersion === undefined ? [] : [`--emulated-version=${emulatedVersion}`]),
    ...apiServerFlags,
  ];
  return { component: 'kube-apiserver', flags };
}

/** Where the API server writes the certificate that it makes for itself. */
export function certificatesFolder(folder: string): string {
  return join(folder, 'certificates');
}

/** The command line of controller-manager or scheduler. */
export function controllerPlan(
  component: 'kube-controller-manager' | 'kube-scheduler',
  folder: string,
  kubeconfig: string,
  port: number,
): ComponentPlan {
  const shared = [
    `--kubeconfig=${kubeconfig}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
    '--kube-api-qps=500',
    '--kube-api-burst=500',
  ];
  if (component === 'kube-scheduler') return { component, flags: shared };
  // Nobody renews the leases of made-up nodes.
  const flags = [
    ...shared,
    `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
    '--use-service-account-credentials=false',
    '--node-monitor-grace-period=24h',
  ];
  return { component, flags };
}

/** A kubeconfig with a context for each of the test users. */
export function kubeconfigText(url: string, ca: string): string {
  const users = Object.values(testUsers);
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'testcluster',
          cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
        },
      ],
      users: users.map(({ name, token }) => ({ name, user: { token } })),
      contexts: users.map(({ name }) => ({ name, context: { cluster: 'testcluster', user: name } })),
      'current-context': 'admin',
    },
    null,
    2,
  )}\n`;
}
