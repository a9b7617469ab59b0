import type { Position } from '../errors.ts';

/** One fault of an expression that does not compile. */
export interface Issue {
  /** In cel-go's words. */
  readonly message: string;
  readonly position: Position;
  /** What may have been meant: `did you mean 'containers'?`. */
  readonly hint?: string;
}

/** What `parse` and `compile` throw: every fault found, and a rendering with carets. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  /** The expression's text. */
  readonly source: string;
  readonly issues: readonly Issue[];

  constructor(source: string, issues: readonly Issue[]) {
    super(issues.map((issue) => formatIssue(source, issue)).join('\n'));
    this.source = source;
    this.issues = issues;
  }
}

/** An issue as cel-go prints it, `ERROR: <input>:1:5: message`, and its hint: the line of source, a caret below. */
export function formatIssue(source: string, issue: Issue): string {
  const { line, column } = issue.position;
  const text = source.split('\n')[line - 1] ?? '';
  const hint = issue.hint === undefined ? '' : `: ${issue.hint}`;
  return `ERROR: <input>:${line}:${column}: ${issue.message}${hint}\n | ${text}\n | ${'.'.repeat(column - 1)}^`;
}

/** The 1-based line and column (in code points) of a UTF-16 offset. */
export function positionAt(source: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let i = source.indexOf('\n'); i !== -1 && i < offset; i = source.indexOf('\n', i + 1)) {
    line += 1;
    start = i + 1;
  }
  return { line, column: Array.from(source.slice(start, offset)).length + 1, offset };
}
