import type { Checked } from '../check.ts';
import type { DeclaredSchema } from '../schema/declared-schema.ts';
import { Estimator } from './estimator.ts';
import type { SizeAt } from './node.ts';
import type { Range } from './range.ts';

/** What evaluation costs at least and at most, in the API server's units. */
export type CostEstimate = Range;

/**
 * The estimated cost of a checked expression, as the API server estimates it for rules of CRDs
 * (k8s.io/apiserver pkg/cel/library/cost.go). `schemas` are those of variables, by name, for their sizes.
 */
export function estimateCost(checked: Checked, schemas: ReadonlyMap<string, DeclaredSchema> = new Map()): CostEstimate {
  return new Estimator(sizesOf(schemas)).cost(checked.core);
}

function sizesOf(schemas: ReadonlyMap<string, DeclaredSchema>): SizeAt {
  return ([root = '', ...path]) => {
    let at = schemas.get(root) ?? null;
    for (const name of path) {
      if (at === null) return null;
      at = partOf(at, name);
    }
    return at === null ? null : { min: 0n, max: BigInt(at.maxElements) };
  };
}

function partOf(schema: DeclaredSchema, name: string): DeclaredSchema | null {
  if (name === '@items' || name === '@values') return schema.element;
  return name === '@keys' ? schema.key : (schema.fields?.get(name)?.schema ?? null);
}
