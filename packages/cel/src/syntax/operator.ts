import type { Token } from './lexer.ts';

/** A binary operator: how closely it binds, and cel-go's name of its function. */
interface Operator {
  readonly level: number;
  readonly name: string;
}

/** The levels that bind least and most closely. */
export const RELATION = 1;
export const MULTIPLICATION = 3;

/** `||` and `&&` are none of them. */
const operators: ReadonlyMap<string, Operator> = /* @__PURE__ */ operatorTable();

function operatorTable(): ReadonlyMap<string, Operator> {
  const levels = [
    ['==', '!=', '<', '<=', '>', '>='],
    ['+', '-'],
    ['*', '/', '%'],
  ];
  const signs = levels.flatMap((all, i) =>
    all.map((sign) => [sign, { level: RELATION + i, name: `_${sign}_` }] as const),
  );
  return new Map([...signs, ['in', { level: RELATION, name: '@in' }]]);
}

/** The operator that a token is; undefined for what is none. */
export function operatorOf({ kind, text }: Token): Operator | undefined {
  return kind === 'punctuation' || kind === 'ident' ? operators.get(text) : undefined;
}
