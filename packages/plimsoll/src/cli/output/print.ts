import type { Terminal } from '../terminal.ts';
import { jsonText } from '../../model/json-text.ts';

/** The formats of every command. */
export type Format = 'table' | 'json' | 'jsonl' | 'yaml';

/** Prints one thing: as JSON on several lines, on one line (jsonl), as YAML, or as `human` sets it. */
export async function printOne(terminal: Terminal, format: Format, value: object, human: () => string): Promise<void> {
  if (format === 'table') return await terminal.write(human());
  if (format === 'yaml') return await terminal.write(await yamlText(value));
  await terminal.write(`${jsonText(value, format === 'json' ? 2 : 0)}\n`);
}

/** Prints a list's answer: the whole of it as JSON or YAML, its items one a line (jsonl), or as `human` sets it. */
export async function printList(
  terminal: Terminal,
  format: Format,
  list: { readonly items: readonly object[] },
  human: () => string,
): Promise<void> {
  if (format !== 'jsonl') return await printOne(terminal, format, list, human);
  for (const item of list.items) await terminal.write(`${jsonText(item)}\n`);
}

/** YAML 1.2 text of a plain value. */
export async function yamlText(value: object): Promise<string> {
  // js-yaml is loaded only where YAML is asked for: most commands print none.
  const { dump } = await import('js-yaml');
  return dump(value, { lineWidth: 120, noRefs: true });
}
