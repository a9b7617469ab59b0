import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { dump, loadAll } from 'js-yaml';
import { type Bench, type Figure, figure, median } from './figures.ts';
import { inFolder } from './in-folder.ts';
import { type Measured, measureProcess } from './measured-process.ts';
import { realisticPod } from './pods.ts';

const program = join(import.meta.dirname, '../packages/plimsoll/src/main.mjs');
const policies = join(import.meta.dirname, 'policies.yaml');
const FEW = 100;
const SIZES = [1_000, 10_000] as const;
const RUNS = 3;

/** Another tool that judges files by policies in CEL, on the PATH. */
interface Peer {
  readonly name: string;
  readonly args: (files: Files, pods: string) => readonly string[];
  /** What of its output is a violation. */
  readonly violation: RegExp;
  /** By the number of pods, how many times as long it is to take; of others it is not asked. */
  readonly targets: Readonly<Partial<Record<(typeof SIZES)[number], number>>>;
}

interface Files {
  /** The ValidatingAdmissionPolicies. */
  readonly policies: string;
  /** The same as ConstraintTemplates and constraints. */
  readonly templates: string;
}

const peers: readonly Peer[] = [
  {
    name: 'gator',
    args: ({ templates }, pods) => ['test', '-f', templates, '-f', pods, '-o', 'json'],
    violation: /"msg": /g,
    targets: { 1_000: 6, 10_000: 12 },
  },
  {
    name: 'kyverno',
    args: ({ policies: file }, pods) => ['apply', file, '--resource', pods, '--detailed-results'],
    violation: /-> resource .* failed/g,
    targets: { 1_000: 100 },
  },
];

/** `plimsoll scan` beside what people use today: one file of policies, one file of pods, the whole process. */
export const peersBench: Bench = {
  name: 'peers',
  about: '20 policies on 1,000 and 10,000 pods in a YAML file, beside gator and kyverno where they are on the PATH',
  run: async (log) => await inFolder(async (folder) => await runIn(folder, log)),
};

async function runIn(folder: string, log: (line: string) => void): Promise<readonly Figure[]> {
  const files = { policies, templates: join(folder, 'templates.yaml') };
  writeFileSync(files.templates, templates());
  const [few, ...many] = [FEW, ...SIZES].map((count) => podsFile(folder, count));
  const scan = (pods: string): Promise<Measured> =>
    measureProcess(process.execPath, [program, 'scan', pods, '--guardrails', policies, '-o', 'json']);
  const wanted = Number(/"fail": ?(\d+)/.exec((await scan(few ?? '')).stdout)?.[1]);
  const figures: Figure[] = [];
  for (const peer of peers) {
    const file = onPath(peer.name);
    if (file === null) {
      log(`${peer.name} is not on the PATH: not measured`);
      continue;
    }
    const found = (await measureProcess(file, peer.args(files, few ?? ''))).stdout.match(peer.violation)?.length ?? 0;
    figures.push(figure(`${peer.name}: violations in ${FEW} pods, of our ${wanted}`, 'higher', [found], wanted));
    for (const [index, count] of SIZES.entries()) {
      const target = peer.targets[count];
      if (target === undefined) continue;
      const [ours, theirs]: [Measured[], Measured[]] = [[], []];
      for (let run = 0; run < RUNS; run += 1) {
        log(`${peer.name}: ${count} pods, run ${run + 1} of ${RUNS}`);
        ours.push(await scan(many[index] ?? ''));
        theirs.push(await measureProcess(file, peer.args(files, many[index] ?? '')));
      }
      figures.push(...compared(`${peer.name}, ${count} pods`, ours, theirs, target));
    }
  }
  return figures;
}

function compared(what: string, ours: readonly Measured[], theirs: readonly Measured[], target: number): Figure[] {
  const seconds = (runs: readonly Measured[]): number[] => runs.map(({ wallMs }) => wallMs / 1000);
  const own = median(seconds(ours));
  return [
    figure(
      `${what}: its time / ours`,
      'higher',
      seconds(theirs).map((time) => time / own),
      target,
    ),
    figure(`${what}: our seconds`, 'lower', seconds(ours)),
    figure(
      `${what}: our peak MB`,
      'lower',
      ours.map(({ peakMb }) => peakMb),
      300,
    ),
    figure(
      `${what}: its peak MB`,
      'lower',
      theirs.map(({ peakMb }) => peakMb),
    ),
  ];
}

function podsFile(folder: string, count: number): string {
  const file = join(folder, `pods-${count}.yaml`);
  const pods = Array.from({ length: count }, (_, index) => dump(realisticPod(index + 1)));
  writeFileSync(file, pods.join('---\n'));
  return file;
}

interface AdmissionPolicy {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly validations: readonly { readonly expression: string; readonly message: string }[] };
}

/** The policies as Gatekeeper has them: the object is `variables.anyObject` there. */
function templates(): string {
  const documents = loadAll(readFileSync(policies, 'utf8')) as readonly AdmissionPolicy[];
  return documents
    .flatMap(({ metadata: { name }, spec }) => {
      const kind = name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
      const validations = spec.validations.map(({ expression, message }) => ({
        expression: expression.replaceAll(/\bobject\b/g, 'variables.anyObject'),
        message,
      }));
      const code = [{ engine: 'K8sNativeValidation', source: { validations } }];
      const template = {
        apiVersion: 'templates.gatekeeper.sh/v1',
        kind: 'ConstraintTemplate',
        metadata: { name: kind.toLowerCase() },
        spec: { crd: { spec: { names: { kind } } }, targets: [{ target: 'admission.k8s.gatekeeper.sh', code }] },
      };
      const constraint = {
        apiVersion: 'constraints.gatekeeper.sh/v1beta1',
        kind,
        metadata: { name },
        spec: { match: { kinds: [{ apiGroups: [''], kinds: ['Pod'] }] } },
      };
      return [dump(template), dump(constraint)];
    })
    .join('---\n');
}

function onPath(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not there
    }
  }
  return null;
}
