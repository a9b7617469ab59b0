import { sizePattern, spanPattern } from './quantity-words.ts';

/**
 * The one table of options: commander's flags, the environment variables, the keys of plimsoll.yaml with their JSON
 * Schema, and docs/cli.md are made from it. A flag outranks the environment variable, which outranks the file, which
 * outranks the default.
 */
interface OptionEntry {
  readonly kind: 'flag' | 'text' | 'number' | 'list';
  /** One letter, where it has one. */
  readonly short?: string;
  /** Placeholder of the value. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** What a value looks like, where it is more than a word. */
  readonly pattern?: RegExp;
  readonly default?: string | number | boolean;
  /** Shown as `--no-NAME`; true unless given. */
  readonly negated?: true;
  /** The option that it cannot be given together with. */
  readonly excludes?: string;
  /** Its key in plimsoll.yaml, where it has one: `KEY` or `SECTION.KEY`. */
  readonly file?: `${string}.${string}` | 'store' | 'guardrails' | 'kubeconfig';
  /** A path, which in plimsoll.yaml is relative to that file. */
  readonly path?: true;
  readonly doc: string;
}

/** All options of all commands. The key is the long flag. */
const optionTable = {
  config: {
    kind: 'text',
    value: 'FILE',
    doc: 'The configuration. Without it: plimsoll.yaml in the working folder, where there is one.',
  },
  server: { kind: 'text', value: 'URL', doc: 'Ask this running server, for example http://127.0.0.1:7070.' },
  store: {
    kind: 'text',
    value: 'PATH',
    file: 'store',
    path: true,
    doc: 'The store file. Without it: $XDG_STATE_HOME/plimsoll/plimsoll.db.',
  },
  demo: { kind: 'flag', default: false, doc: 'Answer from the demo fleet (examples/fleet), in memory.' },
  output: {
    kind: 'text',
    short: 'o',
    value: 'FORMAT',
    choices: ['table', 'json', 'jsonl', 'yaml'],
    default: 'table',
    doc: 'How to print: table, json, jsonl or yaml; scan also sarif, junit, github, markdown, policyreport and openreports.',
  },
  color: { kind: 'flag', negated: true, default: true, doc: 'No colours (so does the variable NO_COLOR).' },
  kubeconfig: {
    kind: 'text',
    value: 'FILE',
    file: 'kubeconfig',
    path: true,
    doc: 'The kubeconfig file. Without it: $KUBECONFIG, else ~/.kube/config.',
  },
  context: { kind: 'list', value: 'NAME', doc: 'A context of the kubeconfig; give it again for more.' },
  'all-contexts': {
    kind: 'flag',
    default: false,
    excludes: 'context',
    doc: 'Every context of the kubeconfig; not together with --context.',
  },
  yes: { kind: 'flag', default: false, doc: 'Do it; without it, what would be done is told.' },
  'with-secrets': {
    kind: 'flag',
    default: false,
    doc: 'Also watch Secrets (their metadata alone). RBAC cannot grant metadata alone: this needs the right to read them.',
  },
  listen: {
    kind: 'text',
    value: 'HOST:PORT',
    default: '127.0.0.1:7070',
    file: 'server.listen',
    doc: 'Where to serve the API. Beyond loopback only with --tokens.',
  },
  tokens: {
    kind: 'text',
    value: 'FILE',
    file: 'server.tokens',
    path: true,
    doc: 'Who may ask: a file with one NAME:TOKEN a line, not readable by everybody. With it nobody is answered without a token.',
  },
  names: {
    kind: 'list',
    value: 'NAME',
    file: 'server.names',
    doc: 'A host name by which the server is called, besides localhost and its own addresses; give it again for more.',
  },
  'tls-cert': {
    kind: 'text',
    value: 'FILE',
    file: 'server.tls.cert',
    path: true,
    doc: 'Serve the API by TLS: the certificate with its chain, as PEM.',
  },
  'tls-key': {
    kind: 'text',
    value: 'FILE',
    file: 'server.tls.key',
    path: true,
    doc: 'The private key of --tls-cert, as PEM, not readable by everybody.',
  },
  'history-keep': {
    kind: 'text',
    value: 'TIME',
    pattern: spanPattern,
    default: '30d',
    file: 'history.keep',
    doc: 'How long the past is kept, as 12h, 30d or 8w. What stands is never forgotten.',
  },
  'history-size': {
    kind: 'text',
    value: 'SIZE',
    pattern: sizePattern,
    default: '2GiB',
    file: 'history.size',
    doc: 'How large the store may grow with the past, as 500MiB or 2GiB; beyond it the oldest goes first.',
  },
  'log-format': {
    kind: 'text',
    value: 'FORMAT',
    choices: ['text', 'json'],
    default: 'text',
    file: 'log.format',
    doc: 'What goes to standard error: text for people, or a JSON record a line.',
  },
  'log-level': {
    kind: 'text',
    value: 'LEVEL',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    file: 'log.level',
    doc: 'How much goes to standard error; debug has every request and every cut watch.',
  },
  'token-file': {
    kind: 'text',
    value: 'FILE',
    doc: 'The token to ask a server with: a file with TOKEN or NAME:TOKEN. Without it: the variable PLIMSOLL_TOKEN, which holds the token itself.',
  },
  guardrails: {
    kind: 'list',
    value: 'PATH',
    file: 'guardrails',
    path: true,
    doc: 'Policies: a file, a folder or builtin:PRESET; give it again for more. Default builtin:pod-security-baseline.',
  },
  verdicts: {
    kind: 'text',
    value: 'WHICH',
    choices: ['failing', 'all'],
    default: 'failing',
    doc: 'Which verdicts to print: failing (fail, waived, unknown, error) or all.',
  },
  'fail-on': {
    kind: 'text',
    value: 'SEVERITY',
    choices: ['critical', 'high', 'medium', 'low', 'info', 'none'],
    default: 'high',
    doc: 'Exit with 1 when something fails at this severity or above.',
  },
  baseline: {
    kind: 'text',
    value: 'FILE',
    doc: 'A report of scan -o json: what it has already is neither shown nor failed on, only what is new.',
  },
  'changed-since': {
    kind: 'text',
    value: 'REF',
    doc: 'Judge only what differs from this commit of the git repository, and what depends on it (docs/ci.md).',
  },
  'allow-unknown': {
    kind: 'flag',
    default: false,
    doc: 'Accept unknown verdicts and forbidden lists (never errors or unreadable documents).',
  },
  where: {
    kind: 'text',
    value: 'CEL',
    doc: 'Only items for which this CEL expression is true; an item’s fields are its variables. For waivers add: only what it is true of, with `object` and `violations`.',
  },
  limit: { kind: 'number', value: 'N', doc: 'At most so many items.' },
  state: {
    kind: 'text',
    value: 'STATE',
    choices: ['open', 'resolved', 'all'],
    default: 'open',
    doc: 'Findings that stand (open), that ended (resolved), or all.',
  },
  by: {
    kind: 'text',
    value: 'GROUPING',
    choices: ['guardrail', 'resource', 'source', 'owner'],
    default: 'guardrail',
    doc: 'How to group findings in the table; but for resource, those of a pod and its owners are one, with their number.',
  },
  waived: { kind: 'flag', default: false, doc: 'Show waived findings too; they are counted anyway.' },
  since: {
    kind: 'text',
    value: 'SEQ|TIME',
    doc: 'For watch: start after this position of the change log (0: from its beginning). For guardrails replay: from this time on, as 7d, -7d or a time (see --at).',
  },
  namespace: { kind: 'list', value: 'NAME', doc: 'Only of this namespace; give it again for more.' },
  source: { kind: 'list', value: 'NAME', doc: 'Only of this source; give it again for more.' },
  type: { kind: 'list', value: 'TYPE', doc: 'Only of this type: pods, core/pods; give it again for more.' },
  changes: { kind: 'flag', default: false, doc: 'Show every change of a resource too, not only findings.' },
  at: {
    kind: 'text',
    value: 'TIME',
    doc: 'As it stood then: 2026-11-26T01:00:00Z, a date (its beginning), -2h or "10m ago". Without a zone it is in this machine’s (TZ).',
  },
  from: {
    kind: 'text',
    value: 'TIME|SEQ',
    doc: 'The older state: as it stood at a time (see --at), or at a position of the change log, as `history` prints it. Without it: the one before --to.',
  },
  to: { kind: 'text', value: 'TIME|SEQ', doc: 'The newer state. Without it: the newest.' },
  all: {
    kind: 'flag',
    default: false,
    doc: 'Also what every write changes: managedFields, resourceVersion, generation, last-applied.',
  },
  wide: { kind: 'flag', default: false, doc: 'A row for every type and scope, those that are seen among them.' },
  out: {
    kind: 'text',
    value: 'FILE',
    doc: 'Where to write it. Without it, in the working folder: CONTEXT-TIME.snapshot.tgz for snapshot, a file of the guardrail’s or waiver’s name for block, guardrails capture and waivers add (- is standard output), standard output for guardrails export.',
  },
  format: {
    kind: 'text',
    value: 'FORMAT',
    choices: ['vap'],
    default: 'vap',
    doc: 'What to export: vap, ValidatingAdmissionPolicy and ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1.',
  },
  redact: {
    kind: 'list',
    value: 'TYPE:FIELD',
    doc: 'Leave a field out, as in `core/configmaps:data`, `*:metadata.annotations` or `core/pods:spec.containers[*].env`; what reads it has no answer then. Give it again for more.',
  },
  role: {
    kind: 'flag',
    default: false,
    doc: 'Print the least rights that do, as YAML for kubectl apply, and nothing else.',
  },
  on: {
    kind: 'text',
    value: 'RESOURCE',
    doc: 'The resource that is `object`: SOURCE/TYPE[/SCOPE]/NAME as `ls` prints it, or a YAML or JSON file (- for stdin). For guardrails try the type: pods, core/pods.',
  },
  finding: {
    kind: 'text',
    value: 'ID',
    doc: 'Waive what is like this finding: its guardrail, at this object or owner.',
  },
  guardrail: {
    kind: 'list',
    value: 'NAME',
    doc: 'Of this guardrail, with * for any characters; give it again for more.',
  },
  category: { kind: 'list', value: 'NAME', doc: 'Of guardrails of this category.' },
  advisory: {
    kind: 'list',
    value: 'ID',
    doc: 'Of this advisory. No finding is of one, so it covers nothing, as check says.',
  },
  name: { kind: 'list', value: 'NAME', doc: 'At objects of this name alone.' },
  selector: {
    kind: 'text',
    value: 'LABELS',
    doc: 'At objects with these labels alone: app=web,tier!=edge,team,!legacy.',
  },
  reason: { kind: 'text', value: 'TEXT', doc: 'Why this is accepted.' },
  owner: { kind: 'text', value: 'WHO', doc: 'Who answers for it.' },
  approver: { kind: 'text', value: 'WHO', doc: 'Who allowed it.' },
  ticket: { kind: 'text', value: 'ID', doc: 'Where it is written up.' },
  expires: { kind: 'text', value: 'TIME', doc: 'When it ends: a day, a moment as RFC 3339, or a span from now (30d).' },
  'expires-when': {
    kind: 'text',
    value: 'CEL',
    doc: 'It ends for an object of which this is true: CEL over `object` and `violations`. Of advisories: fixAvailable.',
  },
  apply: { kind: 'flag', default: false, doc: 'Put it in force at the running server, which keeps it.' },
  expression: {
    kind: 'text',
    short: 'e',
    value: 'EXPR',
    doc: 'What has to hold, in CEL, as in a validation of a guardrail.',
  },
} as const satisfies Record<string, OptionEntry>;

/** The long flag of an option. */
export type OptionName = keyof typeof optionTable;

type Entry<N extends OptionName> = (typeof optionTable)[N];
type Word<E> = E extends { kind: 'flag' }
  ? boolean
  : E extends { kind: 'number' }
    ? number
    : E extends { kind: 'list' }
      ? readonly string[]
      : E extends { choices: readonly (infer C)[] }
        ? C
        : string;

/** An option's value: undefined where it was not given and has no default; a list is then empty. */
type OptionValue<N extends OptionName> =
  Entry<N> extends { default: unknown }
    ? Word<Entry<N>>
    : Entry<N> extends { kind: 'list' }
      ? readonly string[]
      : Word<Entry<N>> | undefined;

/** A value of some option. */
export type OptionWord = string | number | boolean | readonly string[] | undefined;

/** All options of one invocation; those that a command lacks have their defaults. */
export type Options = { readonly [N in OptionName]: OptionValue<N> };

/** The options that every command takes. */
export const globalOptions = [
  'config',
  'server',
  'store',
  'demo',
  'output',
  'color',
  'kubeconfig',
  'token-file',
] as const satisfies readonly OptionName[];

/** `scan` prints these formats besides those of every command. */
export const scanFormats = [
  'table',
  'json',
  'jsonl',
  'yaml',
  'sarif',
  'junit',
  'github',
  'markdown',
  'policyreport',
  'openreports',
] as const;

/** The environment variable of an option: `PLIMSOLL_` and its name, `-` as `_`. Lists are comma-separated there. */
export function variableOf(name: OptionName): string {
  return `PLIMSOLL_${name.replaceAll('-', '_').toUpperCase()}`;
}

/** The long flags of all options. */
export const optionNames = Object.keys(optionTable).filter((name): name is OptionName =>
  Object.hasOwn(optionTable, name),
);

/** One option of the table, its literal types forgotten. */
export function optionEntry(name: OptionName): OptionEntry {
  return optionTable[name];
}
