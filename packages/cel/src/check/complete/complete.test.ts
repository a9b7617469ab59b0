import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomExpressions } from '../../conformance/random-expression.ts';
import { randomEnvironment } from '../../conformance/checker-oracle.ts';
import { typingOf } from '../typing.ts';
import { complete, hover } from '../../editor.ts';
import { admission, kubernetes, schemaType, types } from '../../index.ts';

const pod = schemaType(
  {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          containers: {
            type: 'array',
            description: 'What runs in the pod.',
            items: {
              type: 'object',
              properties: { image: { type: 'string' }, ports: { type: 'array', items: { type: 'integer' } } },
            },
          },
          'node-name': { type: 'string' },
          restartPolicy: { type: 'string', enum: ['Always', 'OnFailure', 'Never'], description: 'When to restart.' },
        },
      },
    },
  },
  'Pod',
);
const environment = admission(
  kubernetes('1.36', 'stored', { variables: ['object', 'request', 'authorizer'] }),
  pod === null ? {} : { types: { object: pod.type } },
);

const mutating = admission(
  kubernetes('1.36', 'stored', { variables: ['object'], mutation: true }),
  pod === null ? {} : { types: { object: pod.type } },
);

/** Labels at the bar in the source. */
function labels(source: string, of = environment): readonly string[] {
  const { items } = complete(source.replace('|', ''), source.indexOf('|'), of);
  return items.map(({ label }) => label);
}

describe('completion', () => {
  it.each([
    ['obj|', ['object']],
    ['object.|', ['spec', 'kind', 'apiVersion', 'metadata']],
    ['object.spec.con|', ['containers']],
    ['object.spec.con|tain == 1', ['containers']],
    ['object.spec.no|', ['node__dash__name']],
    ['has(object.spec.|)', ['containers', 'node__dash__name', 'restartPolicy']],
    ['object.?spec.?c|', ['containers']],
    ['object.spec.containers.all(c, c.|', ['image', 'ports']],
    ['object.spec.containers.all(container, con|', ['container']],
    ['object.spec.containers.map(c, c.ports).fl|', ['flatten']],
    ['object.spec.containers[0].image.st|', ['startsWith']],
    ["object.kind == 'Pod' ? object.me|", ['metadata']],
    ['[{"a": obj|', ['object']],
    ['optional.o|', ['of', 'ofNonZeroValue']],
    ['request.userInfo.|', ['username', 'uid', 'groups', 'extra']],
    ["authorizer.group('').|", ['resource']],
    ['quantity("1").a|', ['asApproximateFloat', 'asInteger', 'add']],
    ["'object.|'", []],
    ['1 // obj|', []],
    ['1.|', []],
    ['object.spec |', []],
  ])('at the bar of %s', (source, expected) => {
    expect(labels(source)).toEqual(expected);
  });

  it.each([
    ["object.spec.restartPolicy == '|'", ['Always', 'OnFailure', 'Never']],
    ["object.spec.restartPolicy == '|", ['Always', 'OnFailure', 'Never']],
    ['object.spec.restartPolicy != "n|ever" && true', ['Never']],
    ["object.spec.restartPolicy in ['Always', 'o|']", ['OnFailure']],
    ["object.?spec.?restartPolicy.orValue('|')", ['Always', 'OnFailure', 'Never']],
    ["object.?spec.?restartPolicy.orValue('Always') == '|", ['Always', 'OnFailure', 'Never']],
    ["'|' == object.spec.restartPolicy", ['Always', 'OnFailure', 'Never']],
    ["object.spec.containers.all(c, c.image == '|')", []],
    ["object.spec.restartPolicy.startsWith('|')", []],
    ["r'|' == object.spec.restartPolicy", []],
    ["JSONPatch{op: '|'}", ['add', 'remove', 'replace', 'move', 'copy', 'test']],
    ["JSONPatch{op: 'add', |", ['path', 'from', 'value']],
    ['[JSONPatch{p|: 1}]', ['path']],
    ['Object{|}', ['spec', 'kind', 'apiVersion', 'metadata']],
    ['Object{spec: Object.spec{r|', ['restartPolicy']],
    ['Object{spec: Object.spec{containers: [Object.spec.containers{|}]}}', ['image', 'ports']],
    ['Object{spec: Object.spec{restartPolicy: obj|}}', ['object']],
  ])('in the literal at the bar of %s', (source, expected) => {
    expect(labels(source, mutating)).toEqual(expected);
  });

  it('tells type, documentation and the range of what is replaced in a string', () => {
    expect(complete("object.spec.restartPolicy == 'Alw'", 33, environment)).toEqual({
      start: 30,
      end: 33,
      items: [{ label: 'Always', kind: 'value', detail: 'string', documentation: 'When to restart.' }],
    });
  });

  it('tells type, documentation and the range that is replaced', () => {
    expect(complete('object.spec.cont == []', 14, environment)).toEqual({
      start: 12,
      end: 16,
      items: [
        {
          label: 'containers',
          kind: 'field',
          detail: 'list(Pod.spec.containers.@idx)',
          documentation: 'What runs in the pod.',
        },
      ],
    });
    const { items } = complete("'a'.charA", 9, environment);
    expect(items).toEqual([
      {
        label: 'charAt',
        kind: 'function',
        detail: 'string.charAt(int) -> string',
        documentation: 'the character at a position',
      },
    ]);
  });

  it('offers what older versions lack to none of them', () => {
    const old = kubernetes('1.30', 'stored');
    expect(complete('[1].sor', 7, old).items).toEqual([]);
    expect(complete('[1].sor', 7, environment).items.map(({ label }) => label)).toEqual(['sort', 'sortBy']);
  });

  it.each([
    ['object.spec.cont', 99, 16],
    ['object.spec.cont', 16.9, 16],
    ['object.spec.cont', Number.POSITIVE_INFINITY, 16],
    ['obj', -1, 0],
    ['obj', Number.NaN, 0],
    ['obj', Number.NEGATIVE_INFINITY, 0],
    ['', -5, 0],
    ['"text"', 99, 6],
  ])('of %j at %d answers as at %i', (source, offset, place) => {
    expect(complete(source, offset, environment)).toEqual(complete(source, place, environment));
  });

  it('answers at every place of any expression, cut anywhere', () => {
    const random = randomEnvironment('1.36', 'stored');
    fc.assert(
      fc.property(fc.integer(), fc.nat(), (seed, cut) => {
        const source = new RandomExpressions(seed, typingOf(random).functions.values()).next(2);
        const end = cut % (source.length + 1);
        const { start } = complete(source.slice(0, end), end, random);
        expect(start).toBeLessThanOrEqual(end);
      }),
      { numRuns: 300 },
    );
  });
});

describe('hover', () => {
  const source =
    "object.spec.containers.all(c, c.image.startsWith('a')) && has(object.spec.containers) && size('a') > 1";
  it.each([
    ['object', 'Pod', ''],
    ['containers', 'list(Pod.spec.containers.@idx)', 'What runs in the pod.'],
    [
      'all',
      'all(element, condition) -> bool\nbool',
      'true where the condition holds for every element of a list or key of a map',
    ],
    ['image', 'string', ''],
    ['startsWith', 'string.startsWith(string) -> bool', 'true where the string begins so'],
    ['size', 'size(string) -> int', 'code points of a string, bytes, elements of a list, entries of a map'],
  ])('over %s', (word, detail, documentation) => {
    const start = source.indexOf(word);
    expect(hover(source, start + 1, environment)).toEqual({ start, end: start + word.length, detail, documentation });
  });

  it.each([
    ["object.spec.containers.all('a')", 'all', ''],
    ["object.spec.nope == 'a'", 'nope', null],
    ["nowhere == 'a'", 'nowhere', null],
    ["'a'.noSuch(1)", 'noSuch', null],
    [
      "object.spec.containers.indexOf(1, 2, 'x')",
      'indexOf',
      'list(A).indexOf(A) -> int\nstring.indexOf(string) -> int\nstring.indexOf(string, int) -> int',
    ],
    ["'a'.startsWith(1)", 'startsWith', 'string.startsWith(string) -> bool'],
    ['object.spec.containers.map(c, c.nope + 1)', 'map', 'map(element, condition?, expression)'],
    ['size(1, 2)', 'size', 'size(bytes) -> int'],
  ])('tells of %s over %s what does not check in it, and never the type of an error', (source, word, detail) => {
    const found = hover(source, source.indexOf(word) + 1, environment);
    expect(found?.detail ?? null).toEqual(detail === null ? null : expect.stringContaining(detail));
    expect(found?.detail ?? '').not.toContain('!error!');
  });

  it.each([
    ['object.spec.containers.all(c, c.image == "a")', 'c,', 'Pod.spec.containers.@idx'],
    ['object.spec.containers.exists( c, true)', 'c,', 'Pod.spec.containers.@idx'],
    ['[1, 2].all(i, v, i < v)', 'i,', 'int'],
    ["['a'].all(i, // the element\n v, i < 1)", 'v,', 'string'],
    ["{'a': 1.5}.all(k, v, v > 1.0)", 'v,', 'double'],
    ["{'a': 1.5}.exists(key, key == 'a')", 'key,', 'string'],
    ['[2, 1].sortBy(x, -x)', 'x,', 'int'],
    ["optional.of('a').optMap(o, o + 'b')", 'o,', 'string'],
    ['[[1]].map(l, l.filter(e, e > 0))', 'e,', 'int'],
    ['dyn(object).map(d, d)', 'd,', 'dyn'],
  ])('tells of %s what its macro declares with %s', (source, word, detail) => {
    const name = word.slice(0, -1);
    const start = source.indexOf(word);
    expect(hover(source, start, environment)).toEqual({
      start,
      end: start + name.length,
      detail,
      documentation: '',
    });
  });

  it('tells of sortBy, which is a call to the parser, what it tells of macros', () => {
    expect(hover('[2, 1].sortBy(x, x)', 8, environment)).toMatchObject({
      detail: 'sortBy(element, key) -> list\nlist(int)',
      documentation: 'the elements in the order of their keys',
    });
  });

  it('tells of the fields that the literal of an object gives', () => {
    const mutation = admission(kubernetes('1.36', 'new', { variables: ['object'], mutation: true }), {
      types: { object: pod?.type ?? types.dyn },
    });
    const source = "Object{spec: Object.spec{restartPolicy: 'Never'}}";
    const start = source.indexOf('restart');
    expect(hover(source, start + 3, mutation)).toEqual({
      start,
      end: start + 'restartPolicy'.length,
      detail: 'string',
      documentation: 'When to restart.',
    });
    expect(hover("JSONPatch{op: 'add'}", 11, mutation)).toMatchObject({
      detail: 'string',
      documentation: 'what to do',
    });
  });

  it(
    'ends soon on chains that double with each link, and so does completion in long words',
    { timeout: 10_000 },
    () => {
      const doubling = `optional.of(1)${'.optMap(x, x)'.repeat(100)}`;
      expect(hover(doubling, doubling.length / 2, environment)).toMatchObject({
        detail: expect.stringContaining('optMap('),
      });
      const long = `'${'a'.repeat(99_990)}'`;
      expect(complete(long, long.length, environment).items).toEqual([]);
    },
  );

  it('is silent over literals, and where nothing parses', () => {
    expect(hover(source, source.indexOf("'a'") + 1, environment)).toBeNull();
    expect(hover('object.', 3, environment)).toBeNull();
  });
});
