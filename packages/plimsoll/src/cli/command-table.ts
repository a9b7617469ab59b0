import type { Configuration } from './configuration/configuration.ts';
import type { settingsOf } from './configuration/settings.ts';
import type { ExitCode } from './exit-code.ts';
import type { OptionName, Options } from './option-table.ts';
import type { Problem } from '../model/problem.ts';
import type { Terminal } from './terminal.ts';

/** What a command's module exports: one run of it. */
interface CommandModule {
  readonly run: (words: readonly string[], options: Options, terminal: Terminal, invoked: Invoked) => Promise<ExitCode>;
}

/** What a command may want to know of its invocation besides its options. */
export interface Invoked {
  /** The configuration; null where there is no file. */
  readonly configuration: Configuration | null;
  /** What is wrong with it; empty but for a command that judges it. */
  readonly problems: readonly Problem[];
  /** The stamp of that file before it was read; empty where there is none. */
  readonly asOf: string;
  /** Reads the file again, with the same flags and variables; undefined where there was none. */
  readonly reread: (() => ReturnType<typeof settingsOf>) | undefined;
}

/** An argument of a command; `many` takes the rest of the line. */
interface CommandArgument {
  readonly name: string;
  readonly doc: string;
  readonly required: boolean;
  readonly many?: true;
}

/** One command: what help and docs/cli.md say, and its module, imported only when it runs. */
export interface CommandEntry {
  /** `findings`, `guardrails list`. */
  readonly name: string;
  readonly summary: string;
  /** What a newcomer should know beyond the summary. */
  readonly detail: string;
  readonly arguments: readonly CommandArgument[];
  /** Besides the global ones. */
  readonly options: readonly OptionName[];
  /** Options that mean something else here than in plimsoll.yaml. */
  readonly notFromFile?: readonly OptionName[];
  /** It does not read plimsoll.yaml, or does so by itself. */
  readonly withoutConfiguration?: true;
  /** It runs where plimsoll.yaml is wrong as well, and tells that by itself. */
  readonly judgesConfiguration?: true;
  /** For programs: neither help nor documentation lists it. */
  readonly isHidden?: true;
  readonly examples: readonly string[];
  readonly load: () => Promise<CommandModule>;
}

/** All commands, in the order in which help lists them. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'watch every source, evaluate, remember, serve the API',
    detail:
      "Watches the current context of your kubeconfig; where there is none, or it does not answer within 5 s, the demo fleet, and says so. With TARGETs (files, folders, snapshots) it watches those instead. The API's `/readyz` says that the store is open and what comes is judged, not that every source is live: `plimsoll sources` says that.",
    arguments: [
      {
        name: 'TARGET',
        doc: 'files or folders of manifests to watch, or snapshots of clusters',
        required: false,
        many: true,
      },
    ],
    options: [
      'context',
      'all-contexts',
      'with-secrets',
      'guardrails',
      'listen',
      'tokens',
      'names',
      'tls-cert',
      'tls-key',
      'history-keep',
      'history-size',
      'log-format',
      'log-level',
    ],
    examples: ['plimsoll up', 'plimsoll up --context prod-eu --context prod-us', 'plimsoll up ./manifests'],
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'scan',
    summary: 'one pass over files, folders, - (stdin), snapshots or kube:CONTEXT; for terminals and CI',
    detail:
      'Policies, bindings, params, namespaces and waivers are found in the TARGETs and in the --guardrails paths. Every run ends with what was read, judged, skipped and why.',
    arguments: [
      {
        name: 'TARGET',
        doc: 'a file, a folder, a snapshot, - for standard input, or kube:CONTEXT',
        required: true,
        many: true,
      },
    ],
    options: ['guardrails', 'verdicts', 'fail-on', 'baseline', 'changed-since', 'allow-unknown'],
    examples: [
      'plimsoll scan ./manifests',
      'plimsoll scan --guardrails builtin:pod-security-restricted pods.yaml -o sarif',
      'kubectl get pods -A -o json | plimsoll scan -',
      'plimsoll scan ./manifests --baseline baseline.json -o sarif',
      'plimsoll scan ./manifests --changed-since origin/main -o github',
    ],
    load: () => import('./commands/scan.ts'),
  },
  {
    name: 'watch',
    summary: 'findings and changes as they happen',
    detail: 'Follows the running server’s stream and resumes after a break without missing anything.',
    arguments: [],
    options: ['since', 'changes', 'where', 'allow-unknown'],
    examples: ['plimsoll watch', 'plimsoll watch --changes -o jsonl'],
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'findings',
    summary: 'what stands below the line, by guardrail, resource, owner or source',
    detail: 'Exits like scan: 1 where something stands at or above --fail-on, 3 where something could not be told.',
    arguments: [],
    options: ['where', 'limit', 'state', 'by', 'waived', 'at', 'fail-on', 'allow-unknown'],
    examples: ['plimsoll findings', `plimsoll findings --where 'resource.namespace == "shop"' --by resource`],
    load: () => import('./commands/findings.ts'),
  },
  {
    name: 'explain',
    summary:
      'why: where, the smallest edit, the guardrail, since when, the values of its sub-expressions, what did not apply',
    detail:
      'ID is a finding’s, or the beginning of one. The edit is a JSON Patch that was applied and judged, and passes; where what has to be there may be anything (an image’s digest, a limit), or an edit would do other harm, none is shown.',
    arguments: [{ name: 'ID', doc: 'the finding’s id, as `findings` prints it', required: true }],
    options: [],
    examples: ['plimsoll explain 3f2a9c41d07be856'],
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'ls',
    summary: 'the inventory, filtered by --where CEL',
    detail:
      'Without TYPE it lists the types that there are, with their numbers. With -o jsonl resources are printed as they come, however many there are.',
    arguments: [
      { name: 'TYPE', doc: 'core/pods, apps/deployments, … (pods, pod, Pod, po do as well)', required: false },
    ],
    options: ['where', 'limit', 'at'],
    examples: [
      'plimsoll ls',
      `plimsoll ls pods --where 'object.spec.?hostNetwork.orValue(false)'`,
      'plimsoll ls pods --at -2h',
    ],
    load: () => import('./commands/ls.ts'),
  },
  {
    name: 'get',
    summary: 'one resource as it was seen',
    detail: 'RESOURCE is SOURCE/TYPE[/SCOPE]/NAME as `ls` prints it.',
    arguments: [{ name: 'RESOURCE', doc: 'for example prod-eu/core/pods/shop/web', required: true }],
    options: ['at'],
    examples: [
      'plimsoll get prod-eu/core/pods/shop/web -o yaml',
      'plimsoll get prod-eu/core/pods/shop/web --at 2026-11-25',
    ],
    load: () => import('./commands/get.ts'),
  },
  {
    name: 'history',
    summary: 'what became of one resource: every state that is kept, when, by whom, and what changed',
    detail:
      'RESOURCE is SOURCE/TYPE[/SCOPE]/NAME as `ls` prints it; one that is gone has a history too. By whom: the managers of its managedFields that wrote since the state before. `seen` is the oldest state that is kept: whether it was created then is not known.',
    arguments: [{ name: 'RESOURCE', doc: 'for example prod-eu/core/pods/shop/web', required: true }],
    options: ['where', 'limit'],
    examples: ['plimsoll history prod-eu/apps/deployments/shop/web'],
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'diff',
    summary: 'how two states of one resource differ',
    detail:
      'Without --from and --to the last change. Elements of lists that Kubernetes merges by a key (containers by name, ports by port and protocol) are matched by it, whatever their places.',
    arguments: [{ name: 'RESOURCE', doc: 'for example prod-eu/core/pods/shop/web', required: true }],
    options: ['from', 'to', 'all'],
    examples: [
      'plimsoll diff prod-eu/apps/deployments/shop/web',
      'plimsoll diff prod-eu/apps/deployments/shop/web --from -2h',
      'plimsoll diff prod-eu/apps/deployments/shop/web --from 2026-11-25 --to 1234',
    ],
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'sources',
    summary: 'what is watched, how fresh, what we cannot see and why',
    detail:
      'One row a source, and one for all types that are not seen for one reason; --wide gives each type its own, and -o json everything. States: live (listed and watched), listed (as of a time), listing (for the first time), stale (was seen), forbidden, throttled, unsupported, down, off (by configuration), never (not tried yet). Exits with 3 where a list is forbidden or a source does not answer; --allow-unknown accepts it.',
    arguments: [],
    options: ['wide', 'allow-unknown'],
    examples: ['plimsoll sources', 'plimsoll sources --wide', 'plimsoll sources -o json'],
    load: () => import('./commands/sources.ts'),
  },
  {
    name: 'guardrails list',
    summary: 'the guardrails in force, and those that do not load, with the reason',
    detail: 'With --guardrails it lists what these paths hold, without a server or a store.',
    arguments: [],
    options: ['guardrails', 'where', 'limit'],
    notFromFile: ['guardrails'],
    examples: ['plimsoll guardrails list', 'plimsoll guardrails list --guardrails ./policies'],
    load: () => import('./commands/guardrails-list.ts'),
  },
  {
    name: 'guardrails show',
    summary: 'one guardrail: what it asks, of what, how bad it is to leave',
    detail: 'NAME is its metadata.name.',
    arguments: [{ name: 'NAME', doc: 'the guardrail’s name', required: true }],
    options: ['guardrails'],
    notFromFile: ['guardrails'],
    examples: ['plimsoll guardrails show no-privileged'],
    load: () => import('./commands/guardrails-show.ts'),
  },
  {
    name: 'guardrails test',
    summary: 'run the cases that stand beside guardrails',
    detail:
      'Exits with 1 where a case has another verdict than it says. A Suite is run as gator verify runs it, a Test as kyverno test does.',
    arguments: [
      {
        name: 'PATH',
        doc: 'a folder with guardrail.yaml and cases.yaml, a Suite of Gatekeeper’s, a Test of Kyverno’s, or a folder that holds such',
        required: true,
        many: true,
      },
    ],
    options: [],
    withoutConfiguration: true,
    examples: ['plimsoll guardrails test ./guardrails', 'plimsoll guardrails test ./library/general/suite.yaml'],
    load: () => import('./commands/guardrails-test.ts'),
  },
  {
    name: 'guardrails try',
    summary: 'what a guardrail of one expression would find, over the whole inventory; nothing is kept',
    detail:
      'Prints each resource for which the expression does not hold as it is found, and at the end how many were looked at. Exits with 1 where there is one, with 3 where it could not be told of one or a list cannot be seen.',
    arguments: [],
    options: ['expression', 'on', 'limit', 'allow-unknown'],
    examples: [
      `plimsoll guardrails try -e 'object.spec.replicas > 1' --on deployments`,
      `plimsoll guardrails try -e 'object.spec.containers.all(c, !c.image.endsWith(":latest"))' --on pods --limit 20`,
    ],
    load: () => import('./commands/guardrails-try.ts'),
  },
  {
    name: 'guardrails replay',
    summary: 'what guardrails would have found in the recorded past: what, from when until when, by whom',
    detail:
      'PATH is a file or a folder of policies in any format, or builtin:PRESET; nobody has to have it in force. Each state of each resource since then is judged with the namespaces, params, look-ups and owners of its time; waivers are not looked at. What the history does not hold is said: where it begins later than asked, and when lists were not complete. Exits with 1 where something would have failed at or above --fail-on, with 3 where it cannot be told.',
    arguments: [{ name: 'PATH', doc: 'policies: a file, a folder, or builtin:PRESET', required: true, many: true }],
    options: ['since', 'limit', 'fail-on', 'allow-unknown'],
    examples: [
      'plimsoll guardrails replay policy.yaml --since 7d',
      'plimsoll guardrails replay builtin:pod-security-restricted --since 2026-11-25 -o jsonl',
    ],
    load: () => import('./commands/guardrails-replay.ts'),
  },
  {
    name: 'guardrails capture',
    summary: 'write the state of today as guardrails, for review: drift is then a finding',
    detail:
      'Asks the running server, the store, or the TARGETs. Writes one file with a guardrail for each resource, which wants it to be as it is (`desired`), and one for each namespace, which wants all of them to be there. Left out: what controllers own (ReplicaSets and Pods of Deployments), status, what the server or controllers write (replicas under an autoscaler, allocated addresses, CA bundles). What could not be captured is said: nothing that a Secret holds is.',
    arguments: [
      {
        name: 'TARGET',
        doc: 'files or folders of manifests, or snapshots, to capture instead of what is watched',
        required: false,
        many: true,
      },
    ],
    options: ['namespace', 'source', 'type', 'where', 'out', 'allow-unknown'],
    examples: [
      'plimsoll guardrails capture --namespace shop',
      'plimsoll guardrails capture --source prod-eu --type clusterroles --type clusterrolebindings --out rbac.yaml',
      'plimsoll guardrails capture ./manifests --namespace shop --out -',
    ],
    load: () => import('./commands/guardrails-capture.ts'),
  },
  {
    name: 'guardrails export',
    summary: 'guardrails as ValidatingAdmissionPolicies and bindings, which the API server enforces by itself',
    detail:
      'Without PATH it exports what --guardrails names. Its verdicts on what is created are ours; what it cannot do (look-ups, exceptions, …) is named and left out, with exit code 2. docs/exporting.md says how each format is told.',
    arguments: [{ name: 'PATH', doc: 'a file, a folder or builtin:PRESET', required: false, many: true }],
    options: ['guardrails', 'format', 'out'],
    examples: [
      'plimsoll guardrails export ./policies | kubectl apply -f -',
      'plimsoll guardrails export builtin:pod-security-baseline --format vap --out policies.yaml',
    ],
    load: () => import('./commands/guardrails-export.ts'),
  },
  {
    name: 'block image',
    summary: 'write a guardrail that blocks images, for review',
    detail:
      'PATTERN is a name with * for any characters; without a tag it is about every tag and digest. What Docker leaves out of names is understood: docker.io/library/nginx is nginx. Nothing is blocked until the file is among the guardrails.',
    arguments: [{ name: 'PATTERN', doc: 'which images', required: true }],
    options: ['out'],
    withoutConfiguration: true,
    examples: [`plimsoll block image 'docker.io/evil/*'`, `plimsoll block image registry.example.com/app:1.2 --out -`],
    load: () => import('./commands/block-image.ts'),
  },
  {
    name: 'block version',
    summary: 'write a guardrail that blocks nodes by the version of their kubelet, for review',
    detail: '<1.29, <=1.29.3 or =1.30.1; without a patch it is about all of them, and vendors’ suffixes do not count.',
    arguments: [{ name: 'COMPARISON', doc: 'which versions', required: true }],
    options: ['out'],
    withoutConfiguration: true,
    examples: [`plimsoll block version '<1.29'`],
    load: () => import('./commands/block-version.ts'),
  },
  {
    name: 'block resource',
    summary: 'write a guardrail that blocks resources of a type, for review',
    detail: 'All of them, or those of a name, with * for any characters.',
    arguments: [
      { name: 'TYPE', doc: 'the type: pods, core/pods', required: true },
      { name: 'NAME', doc: 'which of them', required: false },
    ],
    options: ['out'],
    withoutConfiguration: true,
    examples: [`plimsoll block resource pods 'debug-*'`],
    load: () => import('./commands/block-resource.ts'),
  },
  {
    name: 'waivers list',
    summary: 'who accepts which findings, why, until when, and how many that are',
    detail: 'Those of files and presets, and those that the server keeps.',
    arguments: [],
    options: ['where', 'limit'],
    examples: ['plimsoll waivers list', `plimsoll waivers list --where 'state != "in force"'`],
    load: () => import('./commands/waivers-list.ts'),
  },
  {
    name: 'waivers check',
    summary: 'the waivers that are over or about to be, cover nothing, cover too much or name what is not there',
    detail:
      'Too much is nine in ten of all that its guardrails find, ten at least, in several namespaces. Exits with 1 where there is one; one that is about to end is told, and no reason to. `scan` says the same of the waivers in its paths.',
    arguments: [],
    options: [],
    examples: ['plimsoll waivers check'],
    load: () => import('./commands/waivers-check.ts'),
  },
  {
    name: 'waivers add',
    summary: 'write a waiver for review, or put it in force at the running server',
    detail:
      'Writes NAME.yaml, as block does; with --apply the running server takes it at once and keeps it. All that is given has to hold of what it covers. With --finding it is for that finding’s guardrail and object, and for what its owner makes in its place; options outrank that.',
    arguments: [
      { name: 'NAME', doc: 'what the waiver is called: lower case letters, digits, - and .', required: true },
    ],
    options: [
      'finding',
      'guardrail',
      'category',
      'advisory',
      'source',
      'type',
      'namespace',
      'name',
      'selector',
      'where',
      'reason',
      'owner',
      'approver',
      'ticket',
      'expires',
      'expires-when',
      'apply',
      'out',
    ],
    examples: [
      `plimsoll waivers add legacy-shop --finding 3f2a9c41 --reason 'Goes with the move to v2' --owner ada --expires 30d`,
      `plimsoll waivers add mesh --guardrail 'pod-security-*' --namespace 'istio-*' --reason 'Sidecars set up routes' --out -`,
      `plimsoll waivers add one-replica --guardrail min-replicas --where 'object.metadata.name == "batch"' --reason 'Nobody waits for it' --apply`,
    ],
    load: () => import('./commands/waivers-add.ts'),
  },
  {
    name: 'waivers end',
    summary: 'end a waiver that the running server keeps',
    detail: 'What it covered fails again. One of a file is ended in its file.',
    arguments: [{ name: 'NAME', doc: 'the waiver’s name', required: true }],
    options: [],
    examples: ['plimsoll waivers end one-replica'],
    load: () => import('./commands/waivers-end.ts'),
  },
  {
    name: 'eval',
    summary: 'CEL at the prompt, on any resource',
    detail: 'The result is printed as JSON. With --on the resource is `object`.',
    arguments: [{ name: 'EXPR', doc: 'a CEL expression of Kubernetes’ dialect', required: true }],
    options: ['on'],
    examples: [
      `plimsoll eval 'quantity("1Gi").isGreaterThan(quantity("1G"))'`,
      `plimsoll eval 'object.spec.containers.map(c, c.image)' --on pod.yaml`,
    ],
    load: () => import('./commands/eval.ts'),
  },
  {
    name: 'snapshot',
    summary: 'a cluster as one file, to carry out of an air gap',
    detail:
      'Reads everything of a context once and writes it as one compressed file that you alone may read; `scan FILE` and `up FILE` read it. It holds resources, /version, what the server serves, and what could not be seen, which is as unknown to whoever reads it. Secrets are never in it, not even their names. What --guardrails need besides (ConfigMaps whole, other versions) is read too.',
    arguments: [{ name: 'CONTEXT', doc: 'a context of the kubeconfig', required: true }],
    options: ['out', 'redact', 'guardrails', 'allow-unknown'],
    examples: [
      'plimsoll snapshot prod-eu',
      `plimsoll snapshot prod-eu --out prod.tgz --redact core/configmaps:data --redact '*:metadata.annotations'`,
    ],
    load: () => import('./commands/snapshot.ts'),
  },
  {
    name: 'store export',
    summary: 'the whole store as one compressed file, also while `up` runs',
    detail:
      'Writes what is known now and what was, findings and positions with it, as of one moment: JSON lines in a Zstandard stream with a checksum at their end. FILE must not be there yet; it is readable by its owner alone.',
    arguments: [{ name: 'FILE', doc: 'the file to write', required: true }],
    options: [],
    examples: ['plimsoll store export plimsoll.export'],
    load: () => import('./commands/store-export.ts'),
  },
  {
    name: 'store import',
    summary: 'make a store of an export',
    detail:
      'There may be no store yet, or an empty one: an export is never merged into another store. An export that is damaged, cut off or of a newer version leaves nothing behind.',
    arguments: [{ name: 'FILE', doc: 'what `store export` wrote', required: true }],
    options: [],
    examples: ['plimsoll store import plimsoll.export --store ./copy.db'],
    load: () => import('./commands/store-import.ts'),
  },
  {
    name: 'store forget',
    summary: 'take everything of a source that is watched no more out of the store',
    detail:
      'What is kept of a source that left the configuration is shown as stale, and every answer says so, until it is forgotten. Says what would go; with --yes it goes, its past and its findings with it, and nothing brings it back but an export. No server may have the store open. A source that is still watched is read anew.',
    arguments: [{ name: 'SOURCE', doc: 'the name of the source, as `sources` prints it', required: true }],
    options: ['yes'],
    examples: ['plimsoll store forget old-cluster', 'plimsoll store forget old-cluster --yes'],
    load: () => import('./commands/store-forget.ts'),
  },
  {
    name: 'doctor',
    summary: 'what is wrong around Plimsoll: configuration, rights, clocks, disk, versions, the server',
    detail:
      'Asks each cluster that `up` would watch which types may be listed and watched, and writes nothing. With --role it prints the least ClusterRole that does, and nothing else. Secrets are in it only with --with-secrets: whoever may list their metadata may read them.',
    arguments: [],
    options: ['context', 'all-contexts', 'with-secrets', 'guardrails', 'role'],
    judgesConfiguration: true,
    examples: ['plimsoll doctor', 'plimsoll doctor --context prod-eu --role | kubectl apply -f -'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'init',
    summary: 'write a commented plimsoll.yaml from the contexts of your kubeconfig',
    detail:
      'Watches the current context, and has the others as comments; --context and --all-contexts pick others. Nothing is ever overwritten. --config says where to write.',
    arguments: [],
    options: ['context', 'all-contexts'],
    withoutConfiguration: true,
    examples: ['plimsoll init', 'plimsoll init --all-contexts --config clusters.yaml'],
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'completion',
    summary: 'what completes command lines in bash, zsh or fish',
    detail:
      'Commands, options and their values, contexts of the kubeconfig and presets among them. For bash: `source <(plimsoll completion bash)`; for zsh: write it to a file _plimsoll in a folder of $fpath; for fish: write it to ~/.config/fish/completions/plimsoll.fish.',
    arguments: [{ name: 'SHELL', doc: 'bash, zsh or fish', required: true }],
    options: [],
    withoutConfiguration: true,
    examples: ['plimsoll completion bash'],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'complete',
    summary: 'what may stand at the end of a command line, for the shells',
    detail: 'One candidate a line, with what it is behind a tab; `:files` stands for files.',
    arguments: [
      { name: 'WORD', doc: 'the words of the line so far; the last one is completed', required: false, many: true },
    ],
    options: [],
    withoutConfiguration: true,
    isHidden: true,
    examples: [],
    load: () => import('./commands/complete.ts'),
  },
  {
    name: 'version',
    summary: 'the version of Plimsoll and of Node',
    detail: '',
    arguments: [],
    options: [],
    withoutConfiguration: true,
    examples: ['plimsoll version -o json'],
    load: () => import('./commands/version.ts'),
  },
];
