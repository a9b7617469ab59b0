import type { FileItems, ItemKind } from './file-items.ts';
import { linesBefore } from './file-items.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { parseYaml } from './yaml-document.ts';

/**
 * Adds the document that a YAML text holds, at its first line in the file, with what is to be noticed about it;
 * `unreadable` is called instead where it cannot be read.
 */
export function addYaml(
  found: FileItems,
  text: string,
  line: number,
  list: ItemKind,
  unreadable: (error: UnreadableYaml) => void,
): void {
  try {
    const parsed = parseYaml(text);
    if (parsed.empty) {
      found.wasEmpty();
      return;
    }
    for (const { key, offset } of parsed.repeated) {
      found.problemAt('PLM1203', `the key ${JSON.stringify(key)} is repeated; the last one counts`, line, text, offset);
    }
    if (parsed.ignoredFrom !== null) {
      found.problemAt('PLM1210', 'kubectl reads nothing behind `...`', line, text, parsed.ignoredFrom);
    }
    found.object(parsed.value, list, line + linesBefore(text, firstContent(text)), { text: () => text, line });
  } catch (error) {
    if (!(error instanceof UnreadableYaml)) throw error;
    unreadable(error);
  }
}

function firstContent(text: string): number {
  return Math.max(0, text.search(/^[ \t]*[^\s#]/m));
}
