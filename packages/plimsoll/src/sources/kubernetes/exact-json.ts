export { parseExactJson } from '../../model/exact-json.ts';
