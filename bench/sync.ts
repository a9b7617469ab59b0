import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, figure } from './figures.ts';
import { filledCluster } from './filled-cluster.ts';
import { measureProcess } from './measured-process.ts';
import { RunningPlimsoll } from './running-plimsoll.ts';

const PODS = 20_000;
const RUNS = 5;
const bareList = join(import.meta.dirname, 'watchers/bare-list.ts');

/** From connect to everything stored, evaluated and live, against a bare list in the same run. */
export const syncBench: Bench = {
  name: 'sync',
  about: '20,000 pods on a real API server, 20 guardrails: from connect to stored, evaluated and live',
  async run(log) {
    const cluster = await filledCluster(PODS, log);
    try {
      const ca = join(cluster.kubeconfig, '..', 'bench-ca.crt');
      writeFileSync(ca, cluster.ca);
      const ratios: number[] = [];
      const walls: number[] = [];
      const bares: number[] = [];
      const peaks: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        log(`run ${run + 1} of ${RUNS}`);
        const bare = await measureProcess(process.execPath, [bareList, cluster.url, ca]);
        const { ms, count } = JSON.parse(bare.stdout) as { ms: number; count: number };
        if (count !== PODS) throw new Error(`the bare list saw ${count} pods`);
        const plimsoll = await RunningPlimsoll.start(cluster.kubeconfig);
        const wall = await plimsoll.untilLive('core/pods');
        peaks.push(plimsoll.peakMb);
        await plimsoll.stop();
        bares.push(ms);
        walls.push(wall);
        ratios.push(wall / ms);
      }
      return [
        figure('sync / bare paginated GET', 'lower', ratios, 1.5),
        figure('sync ms', 'lower', walls),
        figure('bare paginated GET with JSON.parse, ms', 'lower', bares),
        figure('peak MB', 'lower', peaks, 400),
      ];
    } finally {
      await cluster.stop();
    }
  },
};
