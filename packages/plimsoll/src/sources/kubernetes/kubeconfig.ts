import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import { PlimsollError } from '../../model/errors.ts';

// The file's shape: k8s.io/client-go/tools/clientcmd/api/v1. Unknown keys are kept out, as kubectl does.
const text = z.string().optional();
const clusterSchema = z.object({
  server: z.string(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': text,
  'proxy-url': text,
  'disable-compression': z.boolean().optional(),
});
const execSchema = z.object({
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: text,
  provideClusterInfo: z.boolean().optional(),
});
const userSchema = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  'token-file': text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': z.array(z.string()).optional(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).optional(),
  exec: execSchema.nullish(),
  'auth-provider': z.object({ name: z.string(), config: z.record(z.string(), z.string()).nullish() }).nullish(),
});
const contextSchema = z.object({ cluster: z.string(), user: z.string().default(''), namespace: text });
const fileSchema = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster: clusterSchema })).nullish(),
  users: z.array(z.object({ name: z.string(), user: userSchema.nullish() })).nullish(),
  contexts: z.array(z.object({ name: z.string(), context: contextSchema })).nullish(),
  'current-context': text,
});

/** How to reach a cluster. Paths are absolute. */
export type ClusterEntry = z.infer<typeof clusterSchema>;
/** Who asks. Paths are absolute. */
type UserEntry = z.infer<typeof userSchema>;
/** An exec plug-in (client.authentication.k8s.io). */
export type ExecEntry = z.infer<typeof execSchema>;

/** One context, resolved. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  readonly namespace: string | null;
}

/** All files of a kubeconfig, merged as kubectl does: the first file that names something wins. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, z.infer<typeof contextSchema>>;
  readonly currentContext: string | null;
}

/** Where a pod's service account is mounted (client-go, rest.InClusterConfig). */
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The name under which the service account of the pod we run in is offered where there is no kubeconfig. */
const inClusterContext = 'in-cluster';

function absolute<T extends object>(entry: T, keys: readonly (keyof T)[], folder: string): T {
  const copy = { ...entry };
  for (const key of keys) {
    const path = copy[key];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path))
      Object.assign(copy, { [key]: join(folder, path) });
  }
  return copy;
}

function readFile(file: string): z.infer<typeof fileSchema> {
  let document: unknown;
  try {
    document = load(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlimsollError('PLM1401', `${file}: ${why}`, { file }, { cause: error });
  }
  const parsed = fileSchema.safeParse(document ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PlimsollError('PLM1401', `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, { file });
  }
  return parsed.data;
}

/**
 * The service account of the pod that we run in; null where we run in none. Its token is read anew as it is rotated.
 */
export function inCluster(folder = serviceAccountFolder, environment = process.env): Kubeconfig | null {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const tokenFile = `${folder}/token`;
  if (host === undefined || !existsSync(tokenFile)) return null;
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '443';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const namespaceFile = `${folder}/namespace`;
  const namespace = existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : undefined;
  return {
    files: [],
    clusters: new Map([[inClusterContext, { server, 'certificate-authority': `${folder}/ca.crt` }]]),
    users: new Map([[inClusterContext, { tokenFile }]]),
    contexts: new Map([[inClusterContext, { cluster: inClusterContext, user: inClusterContext, namespace }]]),
    currentContext: inClusterContext,
  };
}

/**
 * The files that kubectl would read: `path` alone where given, else those of `KUBECONFIG`, else `~/.kube/config`.
 */
function kubeconfigFiles(path?: string): readonly string[] {
  if (path !== undefined) return [path];
  const listed = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  return listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
}

/**
 * Reads the kubeconfig; null where there is none and we run in no pod either. Files that do not exist are passed over,
 * as kubectl does, but for a `path` that was named. Throws PLM1401 for what cannot be read.
 */
export function readKubeconfig(path?: string): Kubeconfig | null {
  const files = kubeconfigFiles(path).filter((file) => path !== undefined || existsSync(file));
  if (files.length === 0) return inCluster();
  const clusters = new Map<string, ClusterEntry>();
  const users = new Map<string, UserEntry>();
  const contexts = new Map<string, z.infer<typeof contextSchema>>();
  let currentContext: string | null = null;
  for (const file of files) {
    const folder = dirname(file);
    const read = readFile(file);
    for (const { name, cluster } of read.clusters ?? []) {
      if (!clusters.has(name)) clusters.set(name, absolute(cluster, ['certificate-authority'], folder));
    }
    for (const { name, user } of read.users ?? []) {
      const paths = ['client-certificate', 'client-key', 'tokenFile', 'token-file'] as const;
      const found = absolute(user ?? {}, paths, folder);
      const { exec } = found;
      // A command with a slash is relative to its file; a bare name is looked up in PATH (client-go, exec.go).
      const command = exec?.command.includes('/') === true ? absolute(exec, ['command'], folder) : exec;
      if (!users.has(name)) users.set(name, { ...found, exec: command });
    }
    for (const { name, context } of read.contexts ?? []) if (!contexts.has(name)) contexts.set(name, context);
    currentContext ??= read['current-context'] || null;
  }
  return { files, clusters, users, contexts, currentContext };
}

/**
 * The kubeconfig, which must be there.
 * @throws PlimsollError PLM1401 with the paths that were tried where there is none
 */
export function needKubeconfig(path?: string): Kubeconfig {
  const config = readKubeconfig(path);
  if (config !== null) return config;
  const tried = kubeconfigFiles(path).join(', ');
  throw new PlimsollError('PLM1401', `there is no kubeconfig at ${tried}, and no service account of a pod`);
}

/**
 * The context `name`, or the current one. Throws PLM1402 where it is not there, or names a cluster or user that is not.
 */
export function resolveContext(config: Kubeconfig | null, name?: string): KubeContext {
  const known = [...(config?.contexts.keys() ?? [])].sort();
  const wanted = name ?? config?.currentContext ?? null;
  const list = known.length === 0 ? 'there is none' : `there are: ${known.join(', ')}`;
  if (wanted === null) throw new PlimsollError('PLM1402', `no current context is set; ${list}`);
  const context = config?.contexts.get(wanted);
  if (config === null || context === undefined) {
    throw new PlimsollError('PLM1402', `no context named ${JSON.stringify(wanted)}; ${list}`);
  }
  const cluster = config.clusters.get(context.cluster);
  if (cluster === undefined) {
    throw new PlimsollError('PLM1402', `context ${wanted} names the cluster ${context.cluster}, which is not there`);
  }
  const user = context.user === '' ? {} : config.users.get(context.user);
  if (user === undefined) {
    throw new PlimsollError('PLM1402', `context ${wanted} names the user ${context.user}, which is not there`);
  }
  return { name: wanted, cluster, user, namespace: context.namespace ?? null };
}
