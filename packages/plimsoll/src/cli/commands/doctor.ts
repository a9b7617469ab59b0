import { PlimsollError } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { problemItem } from '../../server/items.ts';
import type { Invoked } from '../command-table.ts';
import { loadGuardrails, problemsOf } from '../compose/guardrail-set.ts';
import { storePath } from '../compose/store-path.ts';
import { examineServer } from '../doctor/server.ts';
import { examineSources, type ExaminedSource } from '../doctor/sources.ts';
import { examineStore } from '../doctor/store.ts';
import { versions } from '../doctor/versions.ts';
import type { Check } from '../doctor/check.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printOne, yamlText } from '../output/print.ts';
import { tableText } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll doctor`: looks at everything around, and goes on where one thing is wrong. */
export async function run(
  _words: readonly string[],
  options: Options,
  terminal: Terminal,
  { configuration, problems }: Invoked,
): Promise<ExitCode> {
  if (options.role && problems.length > 0) {
    // What a configuration excludes is not granted: without it the role would grant more than it asks for.
    for (const found of problems) terminal.complain(found);
    return exitCodeOf(problems.map(exitCodeOfProblem));
  }
  terminal.progress('Asking the clusters');
  const sources = await examineSources(options, configuration);
  if (options.role) return await printRoles(sources, options, terminal);
  const checks: readonly Check[] = [
    versions(),
    {
      check: 'configuration',
      subject: configuration?.file ?? problems[0]?.file ?? null,
      said: configurationText(configuration, problems),
      problems,
    },
    await examineGuardrails(options),
    await examineStore(storePath(options.store, terminal.environment)),
    ...sources,
    await examineServer(options, terminal),
  ];
  terminal.progress(null);
  const all = checks.flatMap((check) => check.problems);
  const report = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'DoctorReport',
    checks: checks.map(({ check, subject, said, problems: found }) => ({
      check,
      subject,
      said,
      problems: found.map(problemItem),
    })),
    sources: sources.map(({ subject, examination }) => ({
      name: subject,
      version: examination?.version ?? null,
      clockAheadMilliseconds: examination?.skew ?? null,
      types: examination?.types ?? null,
      missing: examination?.missing ?? [],
    })),
  };
  await printOne(terminal, options.output, report, () =>
    tableText({ titles: ['CHECK', 'STATE', 'OF', 'WHAT'], rows: checks.map(row) }, terminal.paint, terminal.width),
  );
  for (const found of all) terminal.complain(found);
  return exitCodeOf(all.map(exitCodeOfProblem));
}

function configurationText(configuration: Invoked['configuration'], problems: readonly Problem[]): string {
  if (problems.length > 0) return 'cannot be used: what follows is of options and defaults';
  if (configuration === null) return 'none: options and defaults';
  const { length } = configuration.sources;
  return length === 1 ? '1 source' : `${length} sources`;
}

async function examineGuardrails(options: Options): Promise<Check> {
  const check = { check: 'guardrails', subject: null };
  try {
    const set = await loadGuardrails(options.guardrails);
    return { ...check, said: `${set.guardrails.length} guardrails`, problems: problemsOf(set) };
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    return { ...check, said: 'cannot be read', problems: [error.problem] };
  }
}

function row({ check, subject, said, problems }: Check): readonly string[] {
  return [check, stateOf(problems), subject ?? '–', said];
}

function stateOf(problems: readonly Problem[]): string {
  if (problems.length === 0) return 'ok';
  return problems.some((found) => exitCodeOfProblem(found) !== exitCodes.good) ? 'wrong' : 'note';
}

/** Roles alone on standard output, for `kubectl apply`; what hinders goes to standard error. */
async function printRoles(sources: readonly ExaminedSource[], options: Options, terminal: Terminal): Promise<ExitCode> {
  terminal.progress(null);
  const roles = new Map(
    sources.flatMap(({ examination }) =>
      (examination?.roles ?? []).map((role) => [JSON.stringify(role), role] as const),
    ),
  );
  const clusters = sources.filter(({ examination }) => (examination?.roles.length ?? 0) > 0);
  if (clusters.length > 1)
    terminal.say(
      `These are for several clusters: ${clusters.map(({ subject }) => subject).join(', ')}; --context picks one.`,
    );
  const hindrances = sources.flatMap((source) => (source.examination?.types == null ? source.problems : []));
  for (const found of hindrances) terminal.complain(found);
  if (roles.size > 0)
    terminal.say(
      `Bind it: kubectl create clusterrolebinding plimsoll-reader --clusterrole plimsoll-reader --user NAME (or --serviceaccount NAMESPACE:NAME).${options['with-secrets'] ? '' : ' Secrets are not in it: exclude core/secrets, or say --with-secrets.'}`,
    );
  for (const role of roles.values()) await terminal.write(`---\n${await yamlText(role)}`);
  return exitCodeOf(hindrances.map(exitCodeOfProblem));
}
