import { againstApiServer } from './cel/api-server.ts';
import { readChecks } from './cel/checks.ts';
import { compiling } from './cel/compiling.ts';
import { fleet } from './cel/fleet.ts';
import { holding } from './cel/holding.ts';
import { podType } from './cel/pod-type.ts';
import { race } from './cel/race.ts';
import type { Bench } from './figures.ts';

const PODS = 1_000;

/** Our CEL beside hand-written JavaScript, the engines of npm and the API server. */
export const celBench: Bench = {
  name: 'cel',
  about: '19 Pod Security checks and 4 common policies on 1,000 pods; hand-written JavaScript = 1',
  async run(log) {
    const checks = readChecks();
    // First of all: the garbage of the others is none of its own.
    log('compiling');
    const compiled = compiling();
    log('asking an API server for the type of a Pod');
    const pod = await podType();
    log(`${checks.length} checks on ${PODS} pods, in turn`);
    const rows = [...(await race(checks, fleet(PODS), pod, log)), compiled];
    log('holding');
    rows.push(...(await holding(checks)));
    return [...rows, ...(await againstApiServer(checks, pod, log))];
  },
};
