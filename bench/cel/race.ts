import * as cel from '@plimsoll/cel';
import type { JsonObject } from '../../packages/plimsoll/src/model/json.ts';
import { type Figure, figure, median } from '../figures.ts';
import type { Check } from './checks.ts';
import { type Judge, otherEngines } from './engines.ts';
import { type Hold, holder, judgeOf, modes, typedHolder } from './ours.ts';
import { loadUncosted } from './uncosted.ts';

const ROUNDS = 9;
/** What counting costs may take. */
const ACCOUNTING = 1.1;
const WARM_UP_ROUNDS = 2;
/** Turns of every contestant in a round: short ones, so that what else the machine does hits all alike. */
const TURNS = 8;
/** CPU time that a turn takes at least. */
const LEAST_US = 5_000;

/** Whoever judges: the checks that it can, and its own form of the pods. */
interface Contestant {
  readonly name: string;
  readonly judges: ReadonlyMap<Check, Judge>;
  readonly objects: readonly unknown[];
}

/** The verdicts of all checks on all pods, by hand. */
type Verdicts = ReadonlyMap<Check, readonly boolean[]>;

/** Hand-written JavaScript, our modes and the other engines over the same pods, in turn. */
export async function race(
  checks: readonly Check[],
  pods: readonly JsonObject[],
  podType: cel.Type,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const verdicts = verdictsByHand(checks, pods);
  const byHand: Contestant = {
    name: 'by hand',
    objects: pods,
    judges: new Map(checks.map((check) => [check, (object) => check.byHand(object as never)])),
  };
  const own = (name: string, hold: Hold, options: cel.CompileOptions): Contestant => ({
    name,
    objects: pods,
    judges: new Map(checks.map((check) => [check, judgeOf(hold(check, options))])),
  });
  const ours = modes.map(({ name, options, typed }) =>
    own(name, typed ? typedHolder(cel, podType) : holder(cel), options),
  );
  const uncosted = own('closures without costs', holder(await loadUncosted()), {});
  const others = otherEngines.map(({ name, take, compile }) => {
    const objects = pods.map(take);
    const judges = rightOnes(checks, objects, compile, verdicts, (why) => log(`${name}: ${why}`));
    return { name, objects, judges };
  });
  for (const contestant of [...ours, uncosted])
    for (const [check, judge] of contestant.judges) {
      const wrong = firstWrong(judge, contestant.objects, verdicts.get(check) ?? []);
      if (wrong !== null) throw new Error(`${contestant.name}, ${check.name}: ${wrong}`);
    }
  // An engine is held against the others on what it can run itself.
  const measured = [byHand, ...others].flatMap((field) =>
    [...new Set([byHand, ...ours, ...(field === byHand ? [uncosted] : []), field])].map((contestant) => ({
      contestant,
      field,
      checks: [...field.judges.keys()],
      times: [] as number[],
    })),
  );
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const sums = measured.map(() => 0);
    for (let turn = 0; turn < TURNS; turn += 1)
      for (const [i, { contestant, checks }] of measured.entries())
        sums[i] = (sums[i] ?? 0) + timeOf(contestant, checks) / TURNS;
    if (round >= 0) for (const [i, { times }] of measured.entries()) times.push(sums[i] ?? 0);
  }
  const times = (contestant: Contestant, field: Contestant): readonly number[] => {
    const found = measured.find((one) => one.contestant === contestant && one.field === field);
    if (found === undefined) throw new Error(`${contestant.name} was not measured on ${field.name}`);
    return found.times;
  };
  const rows = ours.map((own, i) =>
    figure(`${own.name} / by hand`, 'lower', ratios(times(own, byHand), times(byHand, byHand)), modes[i]?.target),
  );
  const [closures] = ours;
  if (closures !== undefined) {
    const what = 'with cost accounting / without';
    rows.push(figure(what, 'lower', ratios(times(closures, byHand), times(uncosted, byHand)), ACCOUNTING));
  }
  for (const other of others) {
    const what = `${other.name} / by hand, ${other.judges.size} of ${checks.length}`;
    rows.push(figure(what, 'lower', ratios(times(other, other), times(byHand, other))));
  }
  for (const [i, own] of ours.entries())
    for (const other of others)
      rows.push(
        figure(
          `${other.name} / ${own.name}`,
          'higher',
          ratios(times(other, other), times(own, other)),
          modes[i]?.timesFaster,
        ),
      );
  log(`by hand: ${median(times(byHand, byHand)).toFixed(1)} ns a check`);
  return rows;
}

function ratios(these: readonly number[], those: readonly number[]): number[] {
  return these.map((time, round) => time / (those[round] ?? Number.NaN));
}

/** Every check must pass on some pods and fail on others: one that always says the same proves nothing. */
function verdictsByHand(checks: readonly Check[], pods: readonly JsonObject[]): Verdicts {
  return new Map(
    checks.map((check) => {
      const verdicts = pods.map((pod) => check.byHand(pod as never));
      if (new Set(verdicts).size < 2) throw new Error(`${check.name} tells no pods apart`);
      return [check, verdicts];
    }),
  );
}

/** The checks that an engine compiles, and answers as they are answered by hand for every pod. */
function rightOnes(
  checks: readonly Check[],
  objects: readonly unknown[],
  compile: (check: Check) => Judge,
  verdicts: Verdicts,
  log: (why: string) => void,
): ReadonlyMap<Check, Judge> {
  const right = new Map<Check, Judge>();
  for (const check of checks)
    try {
      const judge = compile(check);
      const wrong = firstWrong(judge, objects, verdicts.get(check) ?? []);
      if (wrong === null) right.set(check, judge);
      else log(`${check.name}: ${wrong}`);
    } catch (error) {
      log(
        `${check.name}: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 80) ?? ''}`,
      );
    }
  return right;
}

function firstWrong(judge: Judge, objects: readonly unknown[], verdicts: readonly boolean[]): string | null {
  const index = objects.findIndex((object, i) => judge(object) !== verdicts[i]);
  return index === -1 ? null : `pod ${index} is ${verdicts[index] === true ? 'right' : 'wrong'}, and it says otherwise`;
}

/** Nanoseconds of CPU for one check of one pod; every pod with all checks, one pod after the other. */
function timeOf({ judges, objects }: Contestant, checks: readonly Check[]): number {
  const chosen = checks.flatMap((check) => judges.get(check) ?? []);
  let passed = 0;
  let times = 0;
  let spent = 0;
  const before = process.cpuUsage();
  while (spent < LEAST_US) {
    for (const object of objects) for (const judge of chosen) if (judge(object)) passed += 1;
    times += 1;
    const { user, system } = process.cpuUsage(before);
    spent = user + system;
  }
  if (passed === 0) throw new Error('nothing passes');
  return (spent * 1000) / (times * objects.length * chosen.length);
}
