import type { Overloads } from '../functions/function.ts';
import type { Ast, Expr } from '../syntax/ast.ts';
import { parse } from '../syntax/parser.ts';
import { parts } from '../syntax/parts.ts';

/** An expression that was compiled, and the overloads that the checker chose for the calls in it. */
export interface Tree {
  readonly ast: Ast;
  readonly overloads: Overloads;
}

/**
 * The tree of a program, made anew when it is asked for: a tree takes more room than the program that it became, and
 * explanations and generated code alone ask. As long as anybody holds what they were given, they get the same one.
 */
export class TreeReference {
  readonly source: string;
  // Trees of one source have the same ids.
  readonly #ids: readonly number[];
  readonly #overloads: readonly string[];
  // Made when it is asked for: whatever a WeakRef is made of stays for the job, and a job may compile thousands.
  #held: WeakRef<Tree> | null = null;

  constructor(tree: Tree) {
    this.source = tree.ast.source;
    this.#ids = [...tree.overloads.keys()].map(({ id }) => id);
    this.#overloads = [...tree.overloads.values()];
  }

  get tree(): Tree {
    const held = this.#held?.deref();
    if (held !== undefined) return held;
    // Whatever its first parser allowed it.
    const ast = parse(this.source, { length: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY });
    const tree = { ast, overloads: this.#overloadsIn(ast.expr) };
    this.#held = new WeakRef(tree);
    return tree;
  }

  #overloadsIn(expr: Expr): Overloads {
    const byId = new Map(this.#ids.map((id, i) => [id, this.#overloads[i] ?? '']));
    const found = new Map<Expr, string>();
    const visit = (part: Expr): void => {
      const overload = byId.get(part.id);
      if (overload !== undefined) found.set(part, overload);
      for (const inner of parts(part)) visit(inner);
    };
    visit(expr);
    return found;
  }
}
