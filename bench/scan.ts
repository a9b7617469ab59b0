import { createWriteStream, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { type Bench, type Figure, figure, median } from './figures.ts';
import { inFolder } from './in-folder.ts';
import { type Measured, measureProcess } from './measured-process.ts';
import { realisticPod } from './pods.ts';

const POLICIES = 20;
const PODS = 10_000;
const MANY = 100_000;
const RUNS = 5;
const node = process.execPath;
const program = join(import.meta.dirname, '../packages/plimsoll/src/main.mjs');
const policies = join(import.meta.dirname, 'policies.yaml');

/** Parses a file with nothing around it: `yaml` with js-yaml's load, `json` with JSON.parse. */
const bare = {
  yaml: "const {load}=await import('js-yaml');const {readFileSync}=await import('node:fs');load(readFileSync(process.argv[1],'utf8'))",
  json: "const {readFileSync}=await import('node:fs');JSON.parse(readFileSync(process.argv[1],'utf8'))",
};

/** `plimsoll scan` of 20 policies on files of pods, against the bare parsers, without process start. */
export const scanBench: Bench = {
  name: 'scan',
  about: '20 policies on 10,000 pods in one YAML or JSON file, on 100,000, and on one',
  run: async (log) => await inFolder(async (folder) => await runIn(folder, log)),
};

async function runIn(folder: string, log: (line: string) => void): Promise<readonly Figure[]> {
  const file = (name: string): string => join(folder, name);
  log(`writing ${PODS} and ${MANY} pods`);
  await writeList(file('pods.yaml'), PODS, 'yaml');
  await writeList(file('pods.json'), PODS, 'json');
  await writeList(file('many.json'), MANY, 'json');
  writeFileSync(file('one.yaml'), dump(realisticPod(1)));
  writeFileSync(file('one.json'), JSON.stringify(realisticPod(1)));
  const scan = (name: string): Promise<Measured> =>
    measureProcess(node, [program, 'scan', file(name), '--guardrails', policies, '-o', 'json']);
  const parse = (kind: 'yaml' | 'json', name: string): Promise<Measured> =>
    measureProcess(node, ['--input-type=module', '-e', bare[kind], file(name)]);
  await scan('one.yaml'); // fills the compile cache
  const one: number[] = [];
  const yaml: number[] = [];
  const json: number[] = [];
  const rate: number[] = [];
  const many: Measured[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    log(`run ${run + 1} of ${RUNS}`);
    const start = await scan('one.yaml');
    one.push(start.wallMs);
    const inYaml = await checked(scan('pods.yaml'));
    const inJson = await checked(scan('pods.json'));
    yaml.push(
      (inYaml.wallMs - start.wallMs) /
        ((await parse('yaml', 'pods.yaml')).wallMs - (await parse('yaml', 'one.yaml')).wallMs),
    );
    json.push(
      (inJson.wallMs - start.wallMs) /
        ((await parse('json', 'pods.json')).wallMs - (await parse('json', 'one.json')).wallMs),
    );
    rate.push((PODS * POLICIES) / (inYaml.cpuMs / 1000));
    many.push(await checked(scan('many.json')));
  }
  const peaks = many.map(({ peakMb }) => peakMb);
  return [
    figure('one pod, whole process ms', 'lower', one, 250),
    figure('YAML: scan / bare js-yaml load', 'lower', yaml, 1.3),
    figure('JSON: scan / bare JSON.parse', 'lower', json, 4),
    figure('evaluations a CPU second, from YAML', 'higher', rate, 80_000),
    figure('100,000 pods from JSON, peak MB', 'lower', peaks, 300),
    figure('100,000 pods from JSON, seconds', 'lower', [median(many.map(({ wallMs }) => wallMs)) / 1000]),
  ];
}

/** Exit code 1: a tenth of the pods fails. Anything else judged something else. */
async function checked(running: Promise<Measured>): Promise<Measured> {
  const measured = await running;
  if (measured.exitCode !== 1)
    throw new Error(`scan ended with ${measured.exitCode}: ${measured.stdout.slice(0, 500)}`);
  return measured;
}

/** A `kind: List` as kubectl prints it, written as a stream. */
async function writeList(path: string, count: number, format: 'yaml' | 'json'): Promise<void> {
  const out = createWriteStream(path);
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(format === 'yaml' ? 'apiVersion: v1\nitems:\n' : '{\n    "apiVersion": "v1",\n    "items": [\n');
  for (let i = 1; i <= count; i += 1) {
    const pod = realisticPod(i);
    if (format === 'yaml') await write(indented(dump([pod]), ''));
    else await write(`${indented(JSON.stringify(pod, null, 4), '        ')}${i < count ? ',' : ''}\n`);
  }
  await write(
    format === 'yaml'
      ? 'kind: List\nmetadata:\n  resourceVersion: ""\n'
      : '    ],\n    "kind": "List",\n    "metadata": { "resourceVersion": "" }\n}\n',
  );
  out.end();
  await once(out, 'close');
}

function indented(text: string, by: string): string {
  return by === '' ? text : text.replace(/^/gm, by);
}
