import type { Question } from './our-answers.ts';

const OLDEST = 27;
const NEWEST = 36;

/**
 * One expression for each thing that a version brought. fieldSelector and labelSelector are not among them: these
 * modules' feature gate gives them to every version.
 */
const brought: readonly string[] = [
  "url('https://a/').getHost() == 'a'",
  "isURL('/a')",
  "'abc'.find('b') == 'b'",
  "'abc'.findAll('b').size() == 1",
  '[1, 2].isSorted()',
  '[1].sum() == 1',
  '[1].indexOf(1) == 0',
  "authorizer.path('/').check('get').allowed()",
  "authorizer.serviceAccount('a', 'b').group('').resource('pods').namespace('x').name('y').subresource('z').check('get').errored()",
  'optional.of(1).hasValue()',
  "object.?a.orValue('x') == 'x'",
  'object[?"a"].hasValue()',
  '[?optional.of(1)].size() == 1',
  "{?'a': optional.of(1)}.size() == 1",
  'optional.of(1).optMap(x, x).value() == 1',
  'optional.of(1).optFlatMap(x, optional.of(x)).value() == 1',
  'optional.ofNonZeroValue(0).hasValue()',
  'optional.unwrap([optional.of(1)]).size() == 1',
  '[optional.of(1)].unwrapOpt().size() == 1',
  '[1].first().hasValue()',
  "quantity('1').isInteger()",
  "isQuantity('1')",
  "sign(quantity('1')) == 1",
  "quantity('1').add(1).sub(quantity('1')).compareTo(quantity('1')) == 0",
  "'a'.charAt(0) == 'a'",
  "'a'.indexOf('a') == 0",
  "'A'.lowerAscii() == 'a'",
  "'a,b'.split(',').size() == 2",
  "'a'.replace('a', 'b') == 'b'",
  "'ab'.substring(1) == 'b'",
  "' a '.trim() == 'a'",
  "['a'].join() == 'a'",
  "'%d'.format([1]) == '1'",
  "strings.quote('a') == '\"a\"'",
  'sets.contains([1], [1])',
  'sets.equivalent([1], [1])',
  'sets.intersects([1], [1])',
  "ip('1.2.3.4').family() == 4",
  "isIP('1.2.3.4')",
  "ip.isCanonical('::1')",
  "string(ip('::1')) == '::1'",
  "cidr('10.0.0.0/8').containsIP('10.0.0.1')",
  "isCIDR('::/0')",
  "cidr('10.0.0.0/8').masked().prefixLength() == 8",
  "format.dns1123Label().validate('a').hasValue()",
  "format.named('date').hasValue()",
  '[1].all(i, v, v == 1)',
  '[1].exists(i, v, v == 1)',
  '[1].existsOne(i, v, v == 1)',
  '[1].exists_one(i, v, v == 1)',
  '[1].transformList(i, v, v).size() == 1',
  '[1].transformMap(i, v, v).size() == 1',
  "['a'].transformMapEntry(i, v, {v: i}).size() == 1",
  "semver('1.2.3').major() == 1",
  "isSemver('1.2.3')",
  "semver('v1.2', true).isLessThan(semver('1.3.0'))",
  '[1, 2].slice(0, 1).size() == 1',
  '[[1]].flatten().size() == 1',
  '[1, 1].distinct().size() == 1',
  '[2, 1].sort() == [1, 2]',
  '[1, 2].reverse() == [2, 1]',
  'lists.range(2).size() == 2',
  '[2, 1].sortBy(x, -x) == [2, 1]',
  // In none of them.
  'cel.bind(x, 1, x == 1)',
  'math.least(1, 2) == 1',
  "base64.encode(b'a') == ''",
  "'ab'.reverse() == 'ba'",
  "jsonpatch.escapeKey('a') == 'a'",
  'Object{}.a == 1',
  '[1].existsOne(x, x == 1)',
];

/** Every one of them on every version, as a new expression and as a stored one. */
export function versionQuestions(): readonly Question[] {
  const versions = Array.from({ length: NEWEST - OLDEST + 1 }, (_, i) => `1.${OLDEST + i}`);
  return brought.flatMap((expression) =>
    versions.flatMap((version) =>
      (['new', 'stored'] as const).map((mode) => ({ expression, object: {}, version, mode })),
    ),
  );
}
