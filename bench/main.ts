import { benches } from './registry.ts';
import { type Bench, type Figure, machine } from './figures.ts';

/** `npm run bench -- NAME [--json]`: exit 0 whether or not targets are met, 1 when the bench could not run. */
async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const name = args.find((argument) => !argument.startsWith('-'));
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) {
    process.stderr.write(`usage: npm run bench -- NAME [--json]\n${benches.map(listed).join('')}`);
    return 1;
  }
  const rows = await bench.run((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(
    json ? `${JSON.stringify({ bench: bench.name, machine: machine(), rows })}\n` : table(bench, rows),
  );
  return 0;
}

function listed(bench: Bench): string {
  return `  ${bench.name.padEnd(10)} ${bench.about}\n`;
}

function table(bench: Bench, rows: readonly Figure[]): string {
  const width = Math.max(...rows.map((row) => row.what.length));
  const lines = rows.map((row) => {
    const target = row.target === null ? '' : `${row.better === 'lower' ? '≤' : '≥'} ${row.target}`;
    const verdict = row.ok === null ? '' : row.ok ? 'reached' : 'NOT reached';
    return `${row.what.padEnd(width)}  ${String(row.value).padStart(9)}  ${target.padStart(10)}  ${verdict.padEnd(11)}  ${row.runs.join(' ')}`;
  });
  return `${bench.name}: ${bench.about}\n${machine()}\n${lines.join('\n')}\n`;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `the bench could not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 1;
});
