import type { Ast } from '../syntax/ast.ts';
import { type Issue, positionAt } from '../syntax/compile-error.ts';
import type { Environment } from './environment.ts';

/** Each field in backticks as a fault, where the environment has no such syntax (cel-go parser.go normalizeIdent). */
export function quotedFieldFaults(ast: Ast, environment: Environment): readonly Issue[] {
  if (ast.quoted.length === 0 || environment.table.hasFeature('quoted fields')) return [];
  return ast.quoted.map((offset) => ({
    message: "unsupported syntax: '`'",
    position: positionAt(ast.source, offset),
    hint: "an index reads such a key: ['a.b/c']",
  }));
}
