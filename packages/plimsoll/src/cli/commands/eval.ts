import type { Value } from '@plimsoll/cel';
import { knownObject } from '../../guardrails/evaluate/known-object.ts';
import { storedDialect } from '../../guardrails/evaluate/dialect.ts';
import { PlimsollError, problem } from '../../model/errors.ts';
import { jsonText } from '../../model/json-text.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { yamlText } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll eval EXPR`: the value as JSON, in a table `Infinity` and its like without quotes; an error exits with 3, its place shown. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [source = ''] = words;
  const { Activation, CompileError, ErrorValue, Unknown, compile, kubernetes, parse } = await import('@plimsoll/cel');
  const { boundlessText, celToJson } = await import('../../server/cel-value.ts');
  const on = options.on === undefined ? null : await objectNamed(options.on, options, terminal);
  const object = on?.value;
  const good = on?.seen ?? exitCodes.good;
  const bindings: Readonly<Record<string, Value>> = object === undefined ? {} : { object };
  const { version, expressions } = storedDialect(null);
  const environment = kubernetes(version, expressions, { variables: Object.keys(bindings) });
  try {
    const program = compile(parse(source), environment);
    const value = program.run(new Activation(environment, bindings));
    if (value instanceof ErrorValue || value instanceof Unknown) {
      const place = program.positionOf(value);
      const message = value instanceof ErrorValue ? value.message : `unknown: ${value.reasons.join(', ')}`;
      terminal.complain(
        problem('PLM1011', message, { file: 'EXPR', line: place?.line ?? null, column: place?.column ?? null }),
      );
      return exitCodes.unseen;
    }
    const boundless = boundlessText(value);
    if (boundless !== null && options.output === 'table') {
      await terminal.write(`${boundless}\n`);
      return good;
    }
    const json = celToJson(value);
    const yaml = options.output === 'yaml' && typeof json === 'object' && json !== null;
    await terminal.write(yaml ? await yamlText(json) : `${jsonText(json, options.output === 'jsonl' ? 0 : 2)}\n`);
    return good;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const hint =
      object === undefined && error.message.includes("undeclared reference to 'object'")
        ? ['\n`object` is what --on names: a file, - for standard input, or a resource as `ls` prints it.']
        : [];
    const message = [error.message.replaceAll('<input>', 'EXPR'), ...hint].join('');
    throw new PlimsollError('PLM1006', message, {}, { cause: error });
  }
}

/**
 * The object of `--on`: a file's first resource, or one of the inventory, what was not kept of it unknown; and the exit
 * code of how well it is seen.
 */
async function objectNamed(
  on: string,
  options: Options,
  terminal: Terminal,
): Promise<{ readonly value: Value; readonly seen: ExitCode }> {
  const { firstResourceOf } = await import('../compose/first-resource.ts');
  const read = await firstResourceOf(on, terminal);
  if (read !== null) return { value: read, seen: exitCodes.good };
  const { connect } = await import('../api/connect.ts');
  const { resourceNamed } = await import('../api/resource-named.ts');
  const api = await connect(options, terminal);
  try {
    const { item, coverage } = await resourceNamed(on, api);
    if (item === null) throw new PlimsollError('PLM1005', `There is no ${on}, neither a file nor in ${api.name}.`);
    const seen = coverage === null ? exitCodes.good : noteCoverage(coverage, false, terminal);
    return { value: knownObject(item.object, item.unseen), seen };
  } finally {
    await api.close();
  }
}
