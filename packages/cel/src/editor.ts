/** For editors: what may stand at a place of an expression, and what there is to say of a name in it. */
export { type Completion, type Completions, complete } from './check/complete/complete.ts';
export { type Hover, hover } from './check/complete/hover.ts';
