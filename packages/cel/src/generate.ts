/**
 * Generated code: `compile(ast, environment, { mode: auto })`. What does not ask for it has none of it in its bundle.
 */
export { auto, generated } from './generate/modes.ts';
export { Conjunction } from './generate/conjunction.ts';
