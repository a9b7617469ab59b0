import { setFlagsFromString } from 'node:v8';
import { PlimsollError } from '../../model/errors.ts';
import { isSnapshot } from '../../sources/snapshots/snapshot-file.ts';
import type { ChangedFile } from '../scan/changed-since/git-changes.ts';
import { isPreset } from '../../guardrails/library/read-library.ts';
import { problemItem, verdictItem } from '../../server/items.ts';
import { defaultPreset } from '../compose/policy-documents.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import { exitCodeOfVerdict } from '../fail-on.ts';
import type { Options } from '../option-table.ts';
import { Baseline } from '../scan/baseline.ts';
import { openReading } from '../scan/open-reading.ts';
import { lastLines } from '../scan/last-lines.ts';
import { reportWriter } from '../scan/report-writer.ts';
import { prepareScan, type PreparedScan, type ScanRequest } from '../scan/scan.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll scan TARGET…`. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  // The old space grows by 60 % of what lives in it and not to four times it: 100,000 pods take 285 MB, not 390.
  setFlagsFromString('--heap-growing-percent=60');
  const named = options.guardrails.length === 0 ? [defaultPreset] : options.guardrails;
  const presets = named.filter(isPreset);
  const baseline = options.baseline === undefined ? null : new Baseline(options.baseline);
  const changes = await changesOf(words, named, options, terminal);
  terminal.progress(`Reading ${words.join(', ')}`);
  const reading = await openReading(
    words,
    named.filter((path) => !isPreset(path)),
    options,
    terminal,
  );
  try {
    const all = options.verdicts === 'all';
    const scan = await prepared({ reading, presets, all, changes, now: Date.now() }, terminal);
    const headings = new Map(
      scan.guardrails.map(({ policy: { reference, title, description, categories } }) => [
        reference.name,
        { name: reference.name, title, description, categories },
      ]),
    );
    const report = await reportWriter(options.output, terminal, headings);
    const codes = new Set<ExitCode>();
    terminal.progress(() => `${scan.tally.resources} resources judged`);
    await scan.judge(async (verdicts) => {
      for (const verdict of verdicts) {
        const item = verdictItem(verdict);
        if (baseline?.knows(item) === true) continue;
        codes.add(exitCodeOfVerdict(verdict, options));
        await report.verdict(item);
      }
    });
    const problems = [...scan.problems(), ...reading.problems()];
    const inForce = scan.guardrails.filter(({ state }) => state === 'ok').length;
    const summary = scan.tally.summary(inForce);
    await report.end({ summary, problems: problems.map(problemItem) });
    for (const problem of problems) terminal.complain(problem);
    const read = reading.read();
    const isNothing =
      summary.resources === 0 && read.files === 0 && read.documents === 0 && reading.clusters.size === 0;
    const last = isNothing ? ['Nothing was read, nothing was judged.'] : lastLines(read, summary, scan.tally);
    for (const line of last) terminal.say(line);
    if (scan.everything !== null)
      terminal.say(`Everything was judged: ${scan.everything} changed since ${options['changed-since'] ?? ''}.`);
    if (baseline !== null)
      terminal.say(`The baseline has ${baseline.met} of these already; ${baseline.gone} of its own are gone.`);
    if (terminal.signal.aborted) terminal.say('Interrupted: what follows was not looked at.');
    return exitCodeOf([
      ...codes,
      ...problems.map(exitCodeOfProblem),
      ...(terminal.signal.aborted ? [exitCodes.unseen] : []),
    ]);
  } finally {
    await reading.close();
  }
}

/**
 * What changed since the commit of --changed-since; null where that is not asked. Guardrails of another repository are
 * taken as they stand, which is said.
 *
 * @throws PlimsollError PLM1002 for a target that no commit can hold, PLM1019 to PLM1018 where git cannot tell
 */
async function changesOf(
  targets: readonly string[],
  named: readonly string[],
  { 'changed-since': ref }: Options,
  terminal: Terminal,
): Promise<readonly ChangedFile[] | null> {
  if (ref === undefined) return null;
  for (const target of targets)
    if (target === '-' || target.startsWith('kube:') || (await isSnapshot(target)))
      throw new PlimsollError('PLM1002', `--changed-since compares files with a commit, and ${target} is none.`);
  const { changedFiles, rootOf } = await import('../scan/changed-since/git-changes.ts');
  const root = await rootOf(targets[0] ?? '.');
  const paths = [...targets];
  for (const path of named.filter((one) => !isPreset(one))) {
    if ((await rootOf(path)) === root) paths.push(path);
    else terminal.say(`${path} is in another repository, and taken as unchanged.`);
  }
  return await changedFiles(ref, paths);
}

/** A scan that cannot begin says what could not be read, which may be why. */
async function prepared(request: ScanRequest, terminal: Terminal): Promise<PreparedScan> {
  try {
    return await prepareScan(request);
  } catch (error) {
    for (const problem of request.reading.problems()) terminal.complain(problem);
    throw error;
  }
}
