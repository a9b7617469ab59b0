import { compile, kubernetes, parse } from '@plimsoll/cel';
import { type Figure, figure } from '../figures.ts';
import { cpuMicroseconds } from './cpu-time.ts';

const TARGET_US = 150;
const ROUNDS = 9;
const TURNS = 100;
/** As many as V8 takes to translate all of the compiler: while it does, its own threads are what is measured. */
const WARM_UP_ROUNDS = 200;

/** 400 characters of the kind that policies are made of. */
const source = [
  'object.spec.containers.all(c, has(c.securityContext) && c.?securityContext.?allowPrivilegeEscalation.orValue(true) == false && ',
  "c.?securityContext.?capabilities.?drop.orValue([]).exists(d, d == 'ALL') && !c.image.endsWith(':latest')) && ",
  '(!has(object.spec.volumes) || object.spec.volumes.all(v, has(v.configMap) || has(v.emptyDir) || has(v.secret))) && ',
  "size(object.metadata.name) < 63 && 'app' in object",
].join('');

/** Parse, check and compile, microseconds of CPU. */
export function compiling(): Figure {
  const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
  const runs: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const spent = cpuMicroseconds(() => {
      for (let turn = 0; turn < TURNS; turn += 1) compile(parse(source), environment);
    });
    if (round >= 0) runs.push(spent / TURNS);
  }
  return figure(`parse, check, compile ${source.length} characters, µs`, 'lower', runs, TARGET_US);
}
