/** Colours by meaning, as functions on text. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly good: (text: string) => string;
}

const wrap = (open: number, close: number) => (text: string) => `\u001B[${open}m${text}\u001B[${close}m`;
const same = (text: string) => text;

/** ANSI colours (ECMA-48, SGR), or none. */
export function painter(colorful: boolean): Paint {
  if (!colorful) return { bold: same, dim: same, bad: same, warn: same, good: same };
  return { bold: wrap(1, 22), dim: wrap(2, 22), bad: wrap(31, 39), warn: wrap(33, 39), good: wrap(32, 39) };
}
