import { z } from 'zod';
import type { Offered, SourceKind } from '../source.ts';
import { metadataOnlyByDefault, offByDefault } from './type-defaults.ts';

const types = z.array(z.string().regex(/^[^/]+\/[^/]+$/, 'expected GROUP/RESOURCE or GROUP/*'));

const optionsSchema = z.strictObject({
  name: z.string().min(1).optional().describe('The name of the source; left out: the name of the context.'),
  kubeconfig: z.string().optional().describe('The kubeconfig file; left out: $KUBECONFIG, else ~/.kube/config.'),
  context: z.string().optional().describe('The context; left out: the current one, or the pod’s service account.'),
  exclude: types.optional().describe(`Types not to watch, GROUP/* for a group; left out: ${offByDefault.join(', ')}.`),
  only: types.optional().describe('Types to read, and no others.'),
  metadataOnly: types
    .optional()
    .describe(`Types whose metadata alone is read; left out: ${metadataOnlyByDefault.join(', ')}.`),
  withSecrets: z
    .boolean()
    .optional()
    .describe('Let metadataOnly decide of Secrets too; without it their metadata alone is read.'),
  withoutSecrets: z.boolean().optional().describe('Leave Secrets out altogether, their names too.'),
  namespaces: z.array(z.string().min(1)).optional().describe('Watch these namespaces alone.'),
  once: z.boolean().optional().describe('Read everything once instead of watching.'),
});

/** A cluster of plimsoll.yaml, or of the command line. */
export type KubernetesEntry = z.infer<typeof optionsSchema>;

/** Clusters, by the contexts of a kubeconfig. */
export const kubernetesKind: SourceKind<KubernetesEntry> = {
  id: 'kubernetes',
  title: 'Everything that a Kubernetes API server serves, as it changes',
  about: [
    'Lists and watches every type that discovery names, in the version that the server prefers, but for those that',
    'change all the time and say nothing of the set-up. Of Secrets and ConfigMaps only the metadata is asked for.',
    'It reads, and never writes. What is forbidden, unsupported or away is coverage with its reason; where a type',
    'cannot be listed everywhere, it is watched namespace by namespace.',
  ].join(' '),
  needs: [
    'get on namespaces/kube-system (else the cluster is known by its address, and listed anew where a watch is resumed)',
    'get on the non-resource URLs `/version`, `/api`, `/api/*`, `/apis` and `/apis/*` (ClusterRole system:discovery)',
    'list and watch on every type that is not excluded',
    'get on ConfigMaps that a policy names',
  ],
  options: optionsSchema,
  paths: ['kubeconfig'],

  async open({ name, kubeconfig, context, once, withoutSecrets, ...entry }, { claims, restarted }) {
    const { needKubeconfig, resolveContext } = await import('./kubeconfig.ts');
    const found = resolveContext(needKubeconfig(kubeconfig), context);
    const { KubernetesSource } = await import('./kubernetes-source.ts');
    const file = kubeconfig === undefined ? {} : { kubeconfig };
    const left = withoutSecrets === true ? { exclude: [...(entry.exclude ?? offByDefault), 'core/secrets'] } : {};
    const given = Object.fromEntries(Object.entries({ ...entry, ...left }).filter(([, value]) => value !== undefined));
    const source = {
      name: name ?? found.name,
      context: found.name,
      once: once === true,
      claims,
      restarted,
      ...file,
      ...given,
    };
    return [new KubernetesSource(source)];
  },

  async offered(entry): Promise<Offered<KubernetesEntry>> {
    const { readKubeconfig } = await import('./kubeconfig.ts');
    const config = readKubeconfig(entry.kubeconfig);
    const of = (context: string): KubernetesEntry => ({ ...entry, context });
    const current = config?.currentContext ?? null;
    return { current: current === null ? null : of(current), all: [...(config?.contexts.keys() ?? [])].map(of) };
  },

  async silence({ kubeconfig, context }, milliseconds) {
    const { readKubeconfig, resolveContext } = await import('./kubeconfig.ts');
    const { silenceOf } = await import('./silence.ts');
    return await silenceOf(resolveContext(readKubeconfig(kubeconfig), context), milliseconds);
  },

  async examine({ name, kubeconfig, context, ...watched }, milliseconds) {
    const { needKubeconfig, resolveContext } = await import('./kubeconfig.ts');
    const found = resolveContext(needKubeconfig(kubeconfig), context);
    const { examineCluster } = await import('./examine.ts');
    return await examineCluster(name ?? found.name, found, watched, milliseconds);
  },
};
