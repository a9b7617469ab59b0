#!/usr/bin/env node
// JavaScript, alone of all: it runs on any Node, to say what is missing, and a start loads no TypeScript compiler
// because what it imports comes from the compile cache.
import module from 'node:module';

module.enableCompileCache?.();

/** The oldest Node that has what we use: type stripping by itself, node:sqlite, zstd, JSON.rawJSON. */
const oldestNode = 24;

const installed = Number(process.versions.node.split('.')[0]);
if (installed < oldestNode) {
  process.stderr.write(
    `Plimsoll needs Node ${oldestNode} or later; this is ${process.version}. Install it from https://nodejs.org, or run \`npm ci\` and \`npm start\` in the repository, which bring their own.\n`,
  );
  process.exit(2);
}

const { runProcess } = await import('./cli/process.ts');
await runProcess(process);
