/** Types of variables and fields, for those who declare an environment: the checker's own, and how to make others. */
export {
  any,
  bool,
  bytes,
  double,
  duration,
  dyn,
  fieldTable,
  int,
  listOf,
  mapOf,
  nullType,
  nullableOf,
  opaque,
  optionalOf,
  sameType,
  string,
  struct,
  timestamp,
  typeType,
  uint,
} from './type.ts';
export type { Field, Fields, Type } from './type.ts';
