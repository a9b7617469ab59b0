import { type Event, parseEvents, YAMLException } from 'js-yaml';
import { bounds, tooDeep } from './bounds.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';

/** How often a line is moved to the right before the document is given up. */
const maxMoves = 100;
const margin = ' '.repeat(64);

/** js-yaml's events of a text, and the text that their offsets are of. */
export interface YamlEvents {
  readonly events: readonly Event[];
  readonly text: string;
  /** The offset in the text given that stands for one of {@link text}. */
  readonly original: (offset: number) => number;
}

/**
 * Parses with js-yaml as go-yaml v2 would: that lets a line inside brackets or quotes begin anywhere (`]` below its
 * key), which js-yaml refuses, so such a line is moved to the right, where leading spaces mean nothing.
 * Throws {@link UnreadableYaml}.
 */
export function yamlEvents(given: string): YamlEvents {
  const moved: number[] = [];
  const original = (offset: number) => {
    let back = offset;
    for (const line of moved.toReversed()) if (back > line) back = Math.max(line, back - margin.length);
    return back;
  };
  for (let text = given; ;) {
    try {
      return { events: parseEvents(text, { maxDepth: bounds.depth }), text, original };
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const position = error.mark?.position ?? 0;
      if (error.reason !== 'deficient indentation' || moved.length === maxMoves) {
        const deep = error.reason.includes('maxDepth');
        throw new UnreadableYaml(deep ? tooDeep : error.reason, original(position), deep);
      }
      const line = text.lastIndexOf('\n', position - 1) + 1;
      moved.push(line);
      text = text.slice(0, line) + margin + text.slice(line);
    }
  }
}
