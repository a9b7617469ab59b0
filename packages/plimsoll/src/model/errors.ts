import type { Problem } from './problem.ts';

/**
 * Who is at fault, which decides the exit code and whether to try again.
 * `notice` changes no exit code.
 */
export type Fault = 'user' | 'unseen' | 'retryable' | 'theirs' | 'bug' | 'notice';

interface ErrorEntry {
  readonly title: string;
  readonly fault: Fault;
  readonly remedy: string;
}

/**
 * The one table of coded errors. docs/errors.md lists it; a test holds code and docs together both ways.
 * Ranges: 10xx command line and server, 11xx configuration and operation, 12xx files, 13xx guardrails and waivers, 14xx Kubernetes, 15xx store, 19xx ours.
 */
export const errors = {
  PLM1001: { title: 'Unknown flag or command', fault: 'user', remedy: 'Run with --help to see what there is.' },
  PLM1002: { title: 'Invalid value of an option', fault: 'user', remedy: 'Give one of the values the message names.' },
  PLM1003: {
    title: 'Address or port in use',
    fault: 'user',
    remedy: 'Stop the other program, or choose another port with --listen.',
  },
  PLM1004: {
    title: 'The Plimsoll server does not answer',
    fault: 'unseen',
    remedy:
      'Start it with `plimsoll up`, correct its URL, or leave --server out; NODE_EXTRA_CA_CERTS names an authority of your own.',
  },
  PLM1005: {
    title: 'Nothing of that name',
    fault: 'user',
    remedy: 'List what there is (`findings`, `ls`, `guardrails list`).',
  },
  PLM1006: {
    title: 'Expression does not compile, or is no filter',
    fault: 'user',
    remedy: 'Mend it at the caret; a --where gives true or false.',
  },
  PLM1007: {
    title: 'Method not allowed',
    fault: 'user',
    remedy: 'Use one of the methods that the `Allow` header of the answer names.',
  },
  PLM1008: {
    title: 'Foreign host, or write of a foreign origin',
    fault: 'user',
    remedy: 'Call the server as localhost, by its address, or by one of its --names; write without a foreign `Origin`.',
  },
  PLM1009: {
    title: 'Content type refused',
    fault: 'user',
    remedy: 'Send `content-type: application/json`.',
  },
  PLM1010: {
    title: 'Refusing to listen beyond this machine',
    fault: 'user',
    remedy: 'Say who may ask with --tokens FILE, or listen on 127.0.0.1.',
  },
  PLM1011: {
    title: 'Expression has no value',
    fault: 'unseen',
    remedy: 'Guard what may be missing: `has(…)`, or `.?field.orValue(…)`.',
  },
  PLM1012: {
    title: 'Nothing to ask',
    fault: 'user',
    remedy: 'Run `plimsoll up`, name a --server or a --store, or ask the demo fleet with --demo.',
  },
  PLM1013: {
    title: 'Malformed request',
    fault: 'user',
    remedy: 'Send valid HTTP: headers of 16 KB and a body of 1 MB at most, JSON where there is a body.',
  },
  PLM1014: {
    title: 'Nothing in a file',
    fault: 'notice',
    remedy: 'Leave it out, or put the objects in.',
  },
  PLM1015: {
    title: 'No baseline',
    fault: 'user',
    remedy: 'Write one with `plimsoll scan … -o json > baseline.json`, with the same targets and guardrails.',
  },
  PLM1016: {
    title: 'Only a running server keeps this',
    fault: 'user',
    remedy: 'Start one with `plimsoll up`, or name one with --server; or write a file instead.',
  },
  PLM1017: { title: 'No such commit', fault: 'user', remedy: 'Name a branch, tag or commit that `git log` knows.' },
  PLM1018: {
    title: 'Commit that a shallow clone may lack',
    fault: 'user',
    remedy: 'Fetch it: `git fetch --unshallow`, `fetch-depth: 0` (actions/checkout), `GIT_DEPTH: 0` (GitLab).',
  },
  PLM1019: {
    title: 'Nothing to compare with',
    fault: 'user',
    remedy: 'Name files of one git repository, or leave --changed-since out.',
  },
  PLM1101: {
    title: 'Configuration cannot be read',
    fault: 'user',
    remedy: 'Name a file that exists and that you may read, as UTF-8 text of 1 MB at most.',
  },
  PLM1102: { title: 'Configuration is not valid YAML', fault: 'user', remedy: 'Mend the file at the place named.' },
  PLM1103: {
    title: 'Unknown key in the configuration',
    fault: 'user',
    remedy: 'Correct the name, or take it out; docs/configuration.md lists the keys.',
  },
  PLM1104: {
    title: 'Invalid value in the configuration',
    fault: 'user',
    remedy: 'Give what the message names; docs/configuration.md says what each key takes.',
  },
  PLM1105: {
    title: 'Two sources of one name in the configuration',
    fault: 'user',
    remedy: 'Give one of them another `name`.',
  },
  PLM1106: {
    title: 'Changed configuration not taken over',
    fault: 'user',
    remedy: 'Mend what is named beside this; the configuration from before stays in force meanwhile.',
  },
  PLM1107: {
    title: 'Token file cannot be used',
    fault: 'user',
    remedy:
      'Give NAME:TOKEN lines in a file that others may not read (chmod 640); `openssl rand -hex 32` makes a token.',
  },
  PLM1108: {
    title: 'Who asks is not known',
    fault: 'user',
    remedy: 'Send a token of the server: --token-file FILE, or the variable PLIMSOLL_TOKEN.',
  },
  PLM1109: {
    title: 'TLS files cannot be used',
    fault: 'user',
    remedy: 'Give the certificate and its key, as PEM, and keep the key from others (chmod 640).',
  },
  PLM1110: {
    title: 'Too many streams',
    fault: 'retryable',
    remedy: 'End some of the readers of /v1/stream, or try again later.',
  },
  PLM1111: {
    title: 'Takes a restart',
    fault: 'user',
    remedy: 'Restart `plimsoll up`, or put back what was: a running server can only begin with this.',
  },
  PLM1120: {
    title: 'Rights are missing',
    fault: 'unseen',
    remedy: 'Apply what `plimsoll doctor --role` prints, and bind it to who asks; or exclude the types.',
  },
  PLM1121: {
    title: 'Clocks differ',
    fault: 'notice',
    remedy: 'Set both by NTP: times of findings and ends of waivers are those of this machine.',
  },
  PLM1122: {
    title: 'Little room for the store',
    fault: 'notice',
    remedy: 'Free disk space, or move the store (--store): what cannot be written is tried again until it can.',
  },
  PLM1123: {
    title: 'Version of Kubernetes that is not known',
    fault: 'notice',
    remedy: 'Its policies are judged as those of the nearest version that is known; upgrade one of the two.',
  },
  PLM1124: {
    title: 'The file is there already',
    fault: 'user',
    remedy: 'Name another (--config, --out), or move it away: nothing is ever overwritten.',
  },
  PLM1125: {
    title: 'File cannot be written',
    fault: 'user',
    remedy: 'Name a file in a folder that is there and that you may write to.',
  },
  PLM1201: { title: 'Document is not valid YAML', fault: 'unseen', remedy: 'Mend the document at the place named.' },
  PLM1202: { title: 'Document is not valid JSON', fault: 'unseen', remedy: 'Mend the document at the place named.' },
  PLM1203: {
    title: 'Repeated key',
    fault: 'notice',
    remedy: 'Leave one of them: kubectl sends the last, and a strict reader refuses the document.',
  },
  PLM1204: { title: 'Document without apiVersion, kind or name', fault: 'unseen', remedy: 'Add what is missing.' },
  PLM1205: {
    title: 'Document is not an object',
    fault: 'unseen',
    remedy: 'Make it a mapping with apiVersion and kind.',
  },
  PLM1206: {
    title: 'Document beyond a bound',
    fault: 'unseen',
    remedy: 'Bring it below the bound, as the message says.',
  },
  PLM1207: {
    title: 'Target cannot be read',
    fault: 'user',
    remedy: 'Name a file or folder that exists and may be read.',
  },
  PLM1208: { title: 'One resource twice', fault: 'notice', remedy: 'Leave one of them: kubectl applies the last.' },
  PLM1209: {
    title: 'File cannot be read',
    fault: 'unseen',
    remedy: 'Make the file readable, as UTF-8 text.',
  },
  PLM1210: {
    title: 'Text that kubectl leaves out',
    fault: 'notice',
    remedy: 'Begin each document with `---`; what stands behind `...` is not read.',
  },
  PLM1211: {
    title: 'Folder cannot be watched',
    fault: 'notice',
    remedy: 'Raise fs.inotify.max_user_watches; the folder is looked through every 2 s meanwhile.',
  },
  PLM1212: {
    title: 'Nothing to look at',
    fault: 'unseen',
    remedy: 'Look at what should have written or held the objects: it gave none.',
  },
  PLM1213: {
    title: 'Target is away',
    fault: 'unseen',
    remedy: 'Bring it back, or start without it; what it held stays as it was seen last.',
  },
  PLM1214: {
    title: 'Two sources of one name',
    fault: 'user',
    remedy: 'Rename one of the folders, or watch it by itself with a --store of its own.',
  },
  PLM1220: {
    title: 'Not a snapshot',
    fault: 'user',
    remedy: 'Name a file that `plimsoll snapshot` wrote; unpack any other archive and name its folder.',
  },
  PLM1221: {
    title: 'Snapshot is damaged',
    fault: 'unseen',
    remedy: 'Copy it again, or write it anew: nothing was taken from it.',
  },
  PLM1222: {
    title: 'Snapshot of a newer Plimsoll',
    fault: 'user',
    remedy: 'Read it with the version that wrote it, or a later one.',
  },
  PLM1223: {
    title: 'Snapshot cannot be written',
    fault: 'user',
    remedy: 'Name a file in a folder that exists, that you may write to and that has room, with --out.',
  },
  PLM1224: {
    title: 'Snapshot beyond a bound, or with what no snapshot holds',
    fault: 'user',
    remedy: 'Do not trust it: Plimsoll did not write it so. Get it again from where it comes from.',
  },
  PLM1225: {
    title: 'Unpacked snapshot',
    fault: 'user',
    remedy: 'Name the packed file: what was not kept of objects is not said in the unpacked ones.',
  },
  PLM1301: {
    title: 'Unknown field in a policy',
    fault: 'user',
    remedy: 'Correct the name, or take the field out.',
  },
  PLM1302: { title: 'Invalid policy', fault: 'user', remedy: 'Mend the field that the message names.' },
  PLM1303: { title: 'Expression of a policy does not compile', fault: 'user', remedy: 'Mend it at the caret.' },
  PLM1304: { title: 'Unknown kind of policy', fault: 'user', remedy: 'Correct apiVersion and kind.' },
  PLM1305: {
    title: 'Not supported yet',
    fault: 'user',
    remedy: 'Take the field out, or use a version of Plimsoll that knows it.',
  },
  PLM1306: {
    title: 'No guardrail loaded',
    fault: 'user',
    remedy: 'Point --guardrails at policies, or name a preset such as builtin:pod-security-baseline.',
  },
  PLM1307: {
    title: 'Guardrail about types that exist nowhere',
    fault: 'user',
    remedy: 'Correct the group or the name of what it matches.',
  },
  PLM1308: {
    title: 'Guardrail matched nothing',
    fault: 'notice',
    remedy: 'Nothing to do where that is meant; else look at its rules and selectors.',
  },
  PLM1309: {
    title: 'Binding of a policy that is not there',
    fault: 'user',
    remedy: 'Correct spec.policyName, or give the policy too.',
  },
  PLM1310: { title: 'Policy without a binding', fault: 'notice', remedy: 'Bind it, or leave it unused.' },
  PLM1311: { title: 'No such preset', fault: 'user', remedy: 'Use one of the presets that the message names.' },
  PLM1312: {
    title: 'Two policies, bindings or waivers of one name',
    fault: 'user',
    remedy: 'Rename one of them, or give only one.',
  },
  PLM1313: { title: 'Invalid case file', fault: 'user', remedy: 'Mend it as guardrails/README.md says.' },
  PLM1314: {
    title: 'Preset of a version that is not known yet',
    fault: 'notice',
    remedy: 'Name the version that the message names, or upgrade Plimsoll.',
  },
  PLM1315: {
    title: 'Policy of an engine that is not evaluated',
    fault: 'unseen',
    remedy: 'Give it code in CEL besides (Gatekeeper: engine K8sNativeValidation), or leave it to its own tool.',
  },
  PLM1316: {
    title: 'Parameters that do not fit their policy',
    fault: 'user',
    remedy: 'Mend the parameter that the message names, as the template asks for it.',
  },
  PLM1317: {
    title: 'Invalid test suite of another tool',
    fault: 'user',
    remedy: 'Mend it as that tool asks for it (Gatekeeper: gator verify).',
  },
  PLM1318: {
    title: 'Desired state that cannot be',
    fault: 'user',
    remedy: 'Mend what the message names: no object of that kind could be so.',
  },
  PLM1320: {
    title: 'Waiver that is over, or about to be',
    fault: 'notice',
    remedy: 'Mend what it covers, or give it a later end with a reason.',
  },
  PLM1321: { title: 'Waiver that covers nothing', fault: 'notice', remedy: 'Remove it, or correct what it names.' },
  PLM1322: {
    title: 'Waiver that is too broad',
    fault: 'notice',
    remedy: 'Narrow it (namespaces, names, selector, where), or leave the guardrail out: this turns it off.',
  },
  PLM1323: {
    title: 'Waiver that names what is not there',
    fault: 'notice',
    remedy: 'Correct the name, or remove it: `guardrails list` and `sources` say what there is.',
  },
  PLM1324: {
    title: 'The waiver is there already',
    fault: 'user',
    remedy: 'Choose another name, or end the one that there is first.',
  },
  PLM1325: {
    title: 'Waiver of a file',
    fault: 'user',
    remedy: 'Take it out of the file that the message names; a running server takes that over by itself.',
  },
  PLM1340: {
    title: 'Guardrail that is not exported',
    fault: 'user',
    remedy: 'Leave it to Plimsoll (`up`, `scan`), or mend what the message names so that the API server can do it.',
  },
  PLM1341: {
    title: 'Part of a guardrail that is not exported',
    fault: 'user',
    remedy: 'The rest is exported and holds by itself; leave this part to Plimsoll, or write it as the message asks.',
  },
  PLM1342: {
    title: 'Ladder that is not at its end',
    fault: 'notice',
    remedy: 'Export and apply it again when the next step is due.',
  },
  PLM1401: {
    title: 'Kubeconfig cannot be read',
    fault: 'user',
    remedy: 'Mend the file that the message names, or name another with --kubeconfig or KUBECONFIG.',
  },
  PLM1402: {
    title: 'No such context',
    fault: 'user',
    remedy: 'Name one of the contexts that the message lists (`kubectl config get-contexts`).',
  },
  PLM1403: {
    title: 'Two contexts lead to the same cluster',
    fault: 'user',
    remedy: 'Keep one of the two: they are one source.',
  },
  PLM1404: {
    title: 'Cluster cannot be reached',
    fault: 'retryable',
    remedy: 'Check address, network, proxy and certificate authority of the context; it is tried again meanwhile.',
  },
  PLM1405: {
    title: 'Credentials refused',
    fault: 'unseen',
    remedy: 'Log in again (`kubectl get ns` must work); it is tried again meanwhile.',
  },
  PLM1406: {
    title: 'Not allowed to list or watch',
    fault: 'unseen',
    remedy: 'Grant get, list and watch on the type, or exclude it.',
  },
  PLM1407: {
    title: 'Not supported by this server',
    fault: 'theirs',
    remedy: 'Exclude the type, or ask whoever serves it to support list, watch and metadata-only answers.',
  },
  PLM1408: {
    title: 'Watch interrupted',
    fault: 'retryable',
    remedy: 'Nothing to do: it is resumed by itself.',
  },
  PLM1409: {
    title: 'Throttled by the server',
    fault: 'retryable',
    remedy: 'Nothing to do; if it lasts, look at the server and its priority levels.',
  },
  PLM1410: {
    title: 'Server or aggregated API unavailable',
    fault: 'retryable',
    remedy: 'Look at the API server, or at the APIService of the group; it is tried again meanwhile.',
  },
  PLM1411: {
    title: 'Not the answer of a Kubernetes API server',
    fault: 'retryable',
    remedy: 'Check the address of the context, and any proxy in between.',
  },
  PLM1501: {
    title: 'Not a Plimsoll store',
    fault: 'user',
    remedy: 'Name another file with --store; this one was left as it is.',
  },
  PLM1502: {
    title: 'The store is in use by another process',
    fault: 'user',
    remedy: 'Use that one (--server), stop it, or name another file with --store.',
  },
  PLM1503: {
    title: 'The store was written by a newer Plimsoll',
    fault: 'user',
    remedy: 'Use that version or a later one, or name another file with --store.',
  },
  PLM1504: {
    title: 'The store is damaged',
    fault: 'user',
    remedy: 'Move the file away (it was left as it is) and start again: what the sources hold is read anew.',
  },
  PLM1505: {
    title: 'The store cannot be written',
    fault: 'retryable',
    remedy: 'Free disk space or mend the permissions of its folder; Plimsoll goes on trying and loses nothing.',
  },
  PLM1506: {
    title: 'The store cannot be opened',
    fault: 'user',
    remedy: 'Name a file in a folder that exists and that you may write to with --store.',
  },
  PLM1507: {
    title: 'The store was written by an older Plimsoll',
    fault: 'user',
    remedy:
      'Run `plimsoll up` with this --store once: it brings the store up to date; commands that read write nothing.',
  },
  PLM1508: {
    title: 'Nothing kept of that time',
    fault: 'user',
    remedy: 'Ask for the oldest time kept, which the message names, or for a later one.',
  },
  PLM1509: {
    title: 'Time that has not come yet',
    fault: 'user',
    remedy: 'Ask for a time that has passed; correct the clock where it is wrong.',
  },
  PLM1510: {
    title: 'Superseded version damaged',
    fault: 'unseen',
    remedy: 'What stands now is not touched; restore a backup or an export where the older version is needed.',
  },
  PLM1511: {
    title: 'No room to bring the store up to date',
    fault: 'user',
    remedy: 'Free disk space, or move the store to a larger disk; it was left as it is.',
  },
  PLM1512: {
    title: 'Store brought up to date',
    fault: 'notice',
    remedy: 'Nothing to do; remove the backup once all is well. To go back, put it in the store’s place.',
  },
  PLM1513: {
    title: 'Export of a newer Plimsoll',
    fault: 'user',
    remedy: 'Import it with that version or a later one.',
  },
  PLM1514: {
    title: 'Not a whole export',
    fault: 'user',
    remedy: 'Take another copy, or export again: nothing of this one was imported.',
  },
  PLM1515: {
    title: 'The store is not empty',
    fault: 'user',
    remedy: 'Name another file with --store; an export is a whole store, and is not merged into another.',
  },
  PLM1516: {
    title: 'The export cannot be written',
    fault: 'user',
    remedy: 'Name a file that is not there yet, in a folder that you may write to and that has room.',
  },
  PLM1901: {
    title: 'Internal error',
    fault: 'bug',
    remedy: 'Report it, with the text above; what was stored is safe.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the table. */
export type ErrorCode = keyof typeof errors;

/** Where a problem is; whatever is known of it. */
export type ProblemPlace = Partial<Omit<Problem, 'code' | 'message'>>;

/** A problem with its code's remedy, and null for what is not known of its place. */
export function problem(code: ErrorCode, message: string, place: ProblemPlace = {}): Problem {
  return {
    code,
    message,
    remedy: errors[code].remedy,
    source: null,
    file: null,
    document: null,
    line: null,
    column: null,
    subject: null,
    ...place,
  };
}

/** An error of the table as an exception; carries the problem that is shown. */
export class PlimsollError extends Error {
  override readonly name = 'PlimsollError';
  readonly code: ErrorCode;
  readonly problem: Problem;

  constructor(code: ErrorCode, message: string, place: ProblemPlace = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.problem = problem(code, message, place);
  }

  /** Who is at fault: the table's word for this code. */
  get fault(): Fault {
    return errors[this.code].fault;
  }
}
