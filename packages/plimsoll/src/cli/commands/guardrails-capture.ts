import { captureOf } from '../../guardrails/capture/capture.ts';
import type { Captured } from '../../guardrails/capture/captured.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { ListCoverage, ResourceItem } from '../../server/schemas.ts';
import { ApiClient, type Query } from '../api/client.ts';
import { connect } from '../api/connect.ts';
import { exitCodeOf, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { writeNew } from '../output/new-file.ts';
import { yamlText } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll guardrails capture [TARGET…]`. */
export async function run(targets: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const { namespace: namespaces, source: sources, type: words } = options;
  if (namespaces.length === 0 && words.length === 0)
    throw new PlimsollError('PLM1001', 'guardrails capture needs --namespace NAME or --type TYPE: what to capture.');
  const api = await apiOf(targets, options, terminal);
  try {
    const types = new Set<string>();
    for (const word of words) types.add((await api.typeNamed(word)).type);
    const found = await resourcesOf(api, options, [...types], terminal);
    const asked = new Set(found.items.map(keyOf));
    const autoscalers = await api.list('resources', { type: 'autoscaling/horizontalpodautoscalers' });
    const all = [...found.items, ...autoscalers.items.filter((item) => !asked.has(keyOf(item)))];
    const ofSources = all.filter(({ source }) => sources.length === 0 || sources.includes(source)).map(capturable);
    const { guardrails, captured, notes } = captureOf(
      ofSources,
      (resource) => asked.has(keyOf(resource)),
      new Date().toISOString(),
    );
    for (const [note, count] of notes) terminal.say(`Not captured: ${note}${count === 1 ? '' : ` (${count})`}.`);
    const coverage = noteCoverage(found.coverage, options['allow-unknown'], terminal);
    if (captured === 0) {
      terminal.say(`There is nothing to capture in ${api.name}.`);
      return exitCodeOf([coverage, exitCodes.unseen]);
    }
    const parts: string[] = [];
    for (const guardrail of guardrails) parts.push(await yamlText(guardrail));
    const file =
      options.out ?? `captured-${[...namespaces, ...(namespaces.length > 0 ? [] : ['types'])].join('-')}.yaml`;
    await write(file, parts.join('---\n'), terminal);
    if (file !== '-') {
      terminal.say(
        `Wrote ${file}: ${captured} resources as they are. Review it; drift is a finding once it is among the guardrails:`,
      );
      terminal.say(`  ${terminal.program} up --guardrails ${file}`);
    }
    return coverage;
  } finally {
    terminal.progress(null);
    await api.close();
  }
}

async function apiOf(targets: readonly string[], options: Options, terminal: Terminal): Promise<ApiClient> {
  if (targets.length === 0) return await connect(options, terminal);
  const { readOnceTransport } = await import('../compose/demo.ts');
  return new ApiClient(await readOnceTransport(targets.join(', '), targets, options, terminal));
}

/** What is asked for: of each namespace, or of each type, and of both together; a namespace itself with what is in it. */
async function resourcesOf(
  api: ApiClient,
  { namespace: namespaces, where, source: sources }: Options,
  types: readonly string[],
  terminal: Terminal,
): Promise<{ readonly items: readonly ResourceItem[]; readonly coverage: ListCoverage }> {
  const scopes: readonly Query[] = namespaces.length === 0 ? [{}] : namespaces.map((scope) => ({ scope }));
  const ofTypes: readonly Query[] = types.length === 0 ? [{}] : types.map((type) => ({ type }));
  const queries: Query[] = scopes.flatMap((scope) => ofTypes.map((type) => ({ ...scope, ...type, where })));
  if (types.length === 0)
    for (const name of namespaces) queries.push({ type: 'core/namespaces', scope: '', name, where });
  const items: ResourceItem[] = [];
  let coverage: ListCoverage | null = null;
  for (const query of queries) {
    terminal.progress(() => `${items.length} resources read`);
    for await (const page of api.pages('resources', query)) {
      items.push(...page.items.filter(({ source }) => sources.length === 0 || sources.includes(source)));
      coverage = coverage === null ? page.coverage : together(coverage, page.coverage);
    }
  }
  if (coverage === null) throw new Error('a list has a page at least');
  return { items, coverage };
}

function together(a: ListCoverage, b: ListCoverage): ListCoverage {
  const known = new Set(a.gaps.map((gap) => JSON.stringify(gap)));
  return {
    complete: a.complete && b.complete,
    gaps: [...a.gaps, ...b.gaps.filter((gap) => !known.has(JSON.stringify(gap)))],
    undecided: {
      count: a.undecided.count + b.undecided.count,
      example: a.undecided.example ?? b.undecided.example,
    },
    judging: false,
  };
}

function capturable({ object, ...item }: ResourceItem): Captured {
  return { ...item, body: object };
}

function keyOf({ source, type, scope, name }: Pick<Captured, 'source' | 'type' | 'scope' | 'name'>): string {
  return [source, type, scope ?? '', name].join('\0');
}

async function write(file: string, text: string, terminal: Terminal): Promise<void> {
  if (file === '-') await terminal.write(text);
  else await writeNew(file, text);
}
