import fc from 'fast-check';
import type { Value } from '../values/value.ts';

const digit = fc.constantFrom(0, 1);
const fields = { a: digit, b: digit, c: digit };

/** An object for {@link conditions}: numbers, and under `n`, `l` and `m` more of them; any may be missing. */
export const subjects: fc.Arbitrary<Value> = fc.record(
  {
    ...fields,
    n: fc.record(fields, { requiredKeys: [] }),
    l: fc.array(fc.record({ v: digit, w: digit }, { requiredKeys: [] }), { maxLength: 3 }),
    m: fc.record({ j: digit, k: digit }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

function between(left: fc.Arbitrary<string>, right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(left, fc.constantFrom('==', '!=', '<', '>='), right).map((parts) => parts.join(' '));
}

/** Conditions over what can be read of a thing, in which further ones may stand. */
function conditionsOver(
  read: fc.Arbitrary<string>,
  has: fc.Arbitrary<string> | null,
  more: readonly fc.Arbitrary<string>[],
): fc.Arbitrary<string> {
  const literal = fc.constantFrom('0', '1');
  const optional = read.map((path) => `${path.replace(/\.(\w+)$/, '.?$1')}.orValue(0)`);
  const operand = fc.oneof({ weight: 3, arbitrary: read }, optional);
  const { condition } = fc.letrec<{ condition: string }>((tie) => {
    const inner = tie('condition');
    const chain = (operator: string): fc.Arbitrary<string> =>
      fc.array(inner, { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(operator)})`);
    return {
      condition: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        between(operand, literal),
        between(operand, operand),
        ...(has === null ? [] : [has.map((path) => `has(${path})`)]),
        operand.map((path) => `${path} in [1, 2]`),
        inner.map((part) => `!(${part})`),
        chain(' && '),
        chain(' || '),
        fc.tuple(inner, inner, inner).map(([when, yes, no]) => `(${when} ? ${yes} : ${no})`),
        ...more,
      ),
    };
  });
  return condition;
}

const paths = fc.constantFrom(
  'object.a',
  'object.b',
  'object.c',
  'object.n.a',
  'object.n.b',
  'object.l[0].v',
  "object.?n.orValue({'a': object.c}).a",
);
const ownFields = ['x.v', 'x.w'] as const;
const keys = fc.constantFrom('j', 'k').map((key) => `'${key}' in object.m`);
const sizes = fc.constantFrom('object.l', 'object.m').map((path) => `size(${path}) > 1`);

/**
 * Expressions of `&&`, `||`, `!`, `?:`, comparisons, `has`, `in`, `all` and `exists` over {@link subjects}; with `more`
 * also of `size`, of loops whose bodies read other things than their elements, and of `has` of fields that hold no more
 * fields: whether there is a number cannot be known without the number, in an object where the rest is unknown.
 */
export function conditions(more: boolean): fc.Arbitrary<string> {
  const reads = fc.constantFrom(...ownFields, ...(more ? ['object.a'] : []));
  const quantified = fc
    .tuple(fc.constantFrom('all', 'exists'), conditionsOver(reads, more ? fc.constantFrom(...ownFields) : null, []))
    .map(([macro, body]) => `object.l.${macro}(x, ${body})`);
  const held = fc.constantFrom('object.n', 'object.l', 'object.m', ...(more ? ['object.a', 'object.n.a'] : []));
  return conditionsOver(paths, held, [quantified, keys, ...(more ? [sizes] : [])]);
}
