/** CEL as its specification has it, with the extension libraries of cel-go. */
export { standard } from './environment/standard.ts';
