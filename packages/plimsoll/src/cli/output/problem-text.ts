import type { Problem } from '../../model/problem.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

/** Where a problem is, as `file:line:column`, source or subject; empty where nothing is known of it. */
function placeText(problem: Problem): string {
  const { file, line, column, source, subject } = problem;
  const place =
    file === null ? null : [file, line, line === null ? null : column].filter((part) => part !== null).join(':');
  return [place ?? source, subject].filter((part) => part !== null).join(' ');
}

/**
 * A problem for a person: code and place, what is wrong (several lines where a caret points into an expression), what
 * to do.
 */
export function problemText(problem: Problem, paint: Paint): string {
  const place = placeText(problem);
  const [first = '', ...rest] = problem.message.split('\n').map(visible);
  const head = `${paint.bad(problem.code)}${place === '' ? '' : ` ${paint.bold(visible(place))}`}: ${first}`;
  const remedy = problem.remedy === '' ? [] : [`  ${paint.dim('→')} ${visible(problem.remedy)}`];
  return [head, ...rest.map((line) => `  ${line}`), ...remedy].join('\n');
}
