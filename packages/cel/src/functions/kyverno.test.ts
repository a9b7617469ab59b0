import { describe, expect, it } from 'vitest';
import { CompileError, ErrorValue, Timestamp, Unknown, type Value, evaluate, kubernetes } from '../index.ts';
import { type KyvernoHost, kyverno } from '../kyverno.ts';

const digest = `sha256:${'a1'.repeat(32)}`;

describe("Kyverno's environment", () => {
  it.each([
    ["image('nginx').registry()", 'index.docker.io'],
    ["image('nginx').repository()", 'library/nginx'],
    ["image('nginx').identifier()", 'latest'],
    ["image('nginx:1.25').identifierWithSeparator()", ':1.25'],
    ["image('docker.io/library/nginx:1').registry()", 'index.docker.io'],
    ["image('localhost:5000/a/b:1').registry()", 'localhost:5000'],
    ["image('localhost:5000/a/b').tag()", 'latest'],
    ["image('ghcr.io/a/b:1').identifierWithSeparator()", ':1'],
    // Both are read since kyverno/sdk reads them (libs/image/lib_test.go).
    [`image('ghcr.io/a/b:1@${digest}').tag()`, '1'],
    [`image('ghcr.io/a/b:1@${digest}').identifier()`, `1@${digest}`],
    [`image('ghcr.io/a/b:1@${digest}').identifierWithSeparator()`, `@${digest}`],
    [`image('fictional.registry.example:10443/imagename@${digest}').tag()`, ''],
    [`image('fictional.registry.example:10443/imagename:my_tag@${digest}').tag()`, 'my_tag'],
    [`image('ghcr.io/a/b:1@${digest}').digest()`, digest],
    [`image('ghcr.io/a/b@${digest}').containsDigest()`, true],
    ["isImage('UPPER/case')", false],
    ["isImage('a')", false],
    ["isImage('ghcr.io/a:')", false],
    ["isImage('a@sha256:12')", false],
    ["parseImageReference('ghcr.io/a/b').repository()", 'a/b'],
    ['math.greatest(1, 2.5)', 2.5],
    ['math.greatest(1, 3, 2)', 3],
    ["string(base64.decode('aGVsbG8'))", 'hello'],
    ["cel.bind(x, 'a' + 'b', x + x)", 'abab'],
    ['[3, 1].sortBy(x, x)[0]', 1],
  ])('has %s', (source, value) => {
    expect(evaluate(source, {}, kyverno())).toBe(value);
  });

  it.each(["authorizer.path('/')", '[1].all(i, v, true)'])('lacks %s', (source) => {
    expect(() => evaluate(source, {}, kyverno({ variables: ['authorizer'] }))).toThrow(CompileError);
  });

  it('computes what cel.bind names when it is read, and then once', () => {
    expect(evaluate('cel.bind(x, 1 / 0, true)', {}, kyverno())).toBe(true);
    expect(evaluate('cel.bind(x, 1 / 0, x == 1)', {}, kyverno())).toBeInstanceOf(ErrorValue);
  });
});

/** As kyverno/sdk of 2026-08-25, asked in Go, answers them. */
describe("Kyverno's own functions", () => {
  it.each([
    ["md5('')", 'd41d8cd98f00b204e9800998ecf8427e'],
    ["hash.md5('ghcr.io/kyverno/kyverno:latest')", '16dc16f633974d1015cad2ffe81e7365'],
    ["hash.sha1('ghcr.io/kyverno/kyverno:latest')", '98f68a84cd3ada3a25bc42bf69ed8e0297e13022'],
    ["sha256('äöü😀')", 'b04e5abb55bf554f7195cc635b3392b214b1a06b810e9676ab39e7bffba52a09'],
    [`sha256('${'a'.repeat(70)}')`, '6bd5e5034855a11241f0dee8fc72850ffd9955b28347a86428b5fa19119f6ad0'],
    [`md5('${'a'.repeat(55)}')`, 'ef1772b6dff9a122358552954ad0df65'],
    [`sha1('${'a'.repeat(56)}')`, 'c2db330f6083854c99d4b5bfb6e8f29f201be699'],
    ["json.marshal(dyn({'b': dyn(1), 'a': dyn({'c': [dyn(true), dyn(null)]})}))", '{"a":{"c":[true,null]},"b":1}'],
    ["json.marshal('<a>&\\u2028')", '"\\u003ca\\u003e\\u0026\\u2028"'],
    ['json.marshal(optional.none())', 'null'],
    ['json.marshal(optional.of(type(1)))', '"int"'],
    ["json.marshal([quantity('1Gi')])", '["1Gi"]'],
    ["json.marshal(parseServiceAccount('system:serviceaccount:foo:bar'))", '{"name":"bar","namespace":"foo"}'],
    ['json.marshal([-0.0, 1e20, 1e21, 1e-7])', '[-0,100000000000000000000,1e+21,1e-7]'],
    ['json.unmarshal(\'"\\\\ud800"\')', '\ufffd'],
    ["json.marshal(b'abc')", '"YWJj"'],
    ["json.marshal(duration('1s'))", '1000000000'],
    ["json.unmarshal('{\"a\": 1}').a == 1.0 && type(json.unmarshal('1')) == double", true],
    ["parseServiceAccount('system:serviceaccount:foo:bar:baz').Name", 'bar:baz'],
    ["user.parseServiceAccount('system:serviceaccount:foo:bar').Namespace", 'foo'],
    ["parseServiceAccount('something-else:123').Name", ''],
    ["time.toCron(timestamp('2025-01-02T03:04:05Z'))", '4 3 2 1 4'],
    ["string(time.truncate(timestamp('2025-01-02T03:04:05Z'), duration('1h')))", '2025-01-02T03:00:00Z'],
    ["string(time.truncate(timestamp('2025-01-02T03:04:05.123Z'), duration('7m')))", '2025-01-02T03:01:00Z'],
    ['math.round(10.125, 2)', 10.13],
    ['math.round(12345.6789, -2) == 12300.0 && math.round(-2.5, 0) == -3.0 && math.round(2.5) == 3.0', true],
    ["transform.listObjToMap([{'n': 'a'}], [{'d': 'b'}], 'n', 'd').a", 'b'],
    // orValue of what is no optional, as cel-go 0.27 had it and Kyverno keeps it.
    ["{'a': 'x'}.a.orValue('y') + optional.none().orValue('z') + {'a': 'x'}.?a.orValue('y')", 'xzx'],
    ['type([1].orValue([]).map(x, x + 1)) == list', true],
  ])('%s', (source, value) => {
    expect(evaluate(source, {}, kyverno())).toBe(value);
  });

  it.each([
    ["listObjToMap([{'n': 'a'}], [], 'n', 'd')", 'listObjToMap must take lists of equal length. list1: 1, list2: 0'],
    ['json.marshal({1: 2})', "json: failed to convert CEL map to native map: unsupported type conversion from 'int'"],
    ['json.marshal(dyn([optional.none()]))', 'optional.none() dereference'],
    ["json.marshal(double('NaN'))", 'json: unsupported value: NaN'],
    // Both operands are computed.
    ['optional.of(1).orValue(1 / 0)', 'division by zero'],
    ['{}.a.orValue(1)', 'no such key: a'],
  ])('%s fails', (source, message) => {
    expect((evaluate(source, {}, kyverno()) as ErrorValue).message).toContain(message);
  });

  it('are nowhere else', () => {
    expect(() => evaluate("md5('')", {}, kubernetes('1.36', 'stored'))).toThrow(CompileError);
  });
});

/** As cel-go's ext.Regex of version 0.27, asked in Go, answers them. */
describe("Kyverno's regular expressions", () => {
  it.each([
    ["regex.replace('hello world hello', 'hello', 'hi')", 'hi world hi'],
    ["regex.replace('banana', 'a', 'x', 0)", 'banana'],
    ["regex.replace('banana', 'a', 'x', 1)", 'bxnana'],
    ["regex.replace('banana', 'a', 'x', -12)", 'bxnxnx'],
    ["regex.replace('banana', 'a', 'x', 9)", 'bxnxnx'],
    [String.raw`regex.replace('foo bar', '(fo)o (ba)r', r'\2 \1')`, 'ba fo'],
    [String.raw`regex.replace('foo bar', '(fo)o (ba)r', r'\0\\')`, 'foo bar\\'],
    [String.raw`regex.replace('ab', '(a)|(b)', r'<\1\2>')`, '<a><b>'],
    ["regex.replace('foo bar', '(', '$2 $1', 0)", 'foo bar'],
    ["regex.replace('abc', 'b', '$0${1}')", 'a$0${1}c'],
    [String.raw`regex.replace('b', 'a', '\\')`, 'b'],
    ["regex.replace('abc', 'x*', '-')", '-a-b-c-'],
    ["regex.replace('baaac', 'a*', '-')", '-b-c-'],
    ["regex.replace('äöü😀', '', '-')", '-ä-ö-ü-😀-'],
    ["regex.extract('hello world', 'hello(.*)').value()", ' world'],
    [String.raw`regex.extract('item-A, item-B', r'item-(\w+)').value()`, 'A'],
    ["regex.extract('HELLO', 'hello').hasValue()", false],
    ["regex.extract('abc', 'x*').value()", ''],
    ["regex.extract('abc', 'a(x?)').hasValue()", false],
    ["regex.extract('abc', 'b(?:c)').value()", 'bc'],
    [String.raw`regex.extractAll('id:123, id:456', r'id:\d+') == ['id:123', 'id:456']`, true],
    ["regex.extractAll('id:123, id:456', 'assa') == []", true],
    [String.raw`regex.extractAll('id:123, id:', r'id:(\d*)') == ['123']`, true],
    ["regex.extractAll('baaac', 'a*') == ['', 'aaa', '']", true],
    ["regex.extractAll('testuser', '(.)').join()", 'testuser'],
  ])('%s', (source, value) => {
    expect(evaluate(source, {}, kyverno())).toBe(value);
  });

  it.each([
    [String.raw`regex.replace('test', '(.)', r'\2')`, 'references group 2 but regex has only 1 group(s)'],
    [String.raw`regex.replace('id=123', r'id=(?P<value>\d+)', r'\values')`, 'must be followed by a digit'],
    [String.raw`regex.replace('a', 'a', '\\')`, 'not allowed at end'],
    [String.raw`regex.replace('abc', 'b', '\\٣')`, 'must be followed by a digit'],
    ["regex.extract('a@b', '(.*)@([^.]*)')", 'more than one capturing group: "(.*)@([^.]*)"'],
    ["regex.extract('', '(x)(y)')", 'more than one capturing group'],
    ["regex.extractAll('', '(x)(y)')", 'more than one capturing group'],
    ["regex.extractAll('x', '(')", 'missing closing )'],
    ["regex.replace('x', '(', '')", 'missing closing )'],
  ])('%s fails', (source, message) => {
    expect((evaluate(source, {}, kyverno()) as ErrorValue).message).toContain(message);
  });

  it('end where texts grow too long', () => {
    const source = "[0, 1, 2].map(i, regex.replace(big, '', big))";
    const value = evaluate(source, { big: 'a'.repeat(10_000) }, kyverno(), { costLimit: 100_000_000 });
    expect((value as ErrorValue).message).toContain('operation cancelled');
  });
});

const asText = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value));

describe("what Kyverno's functions ask of a host", () => {
  const answers: Readonly<Record<string, Value>> = {
    'resource.get v1 configmaps default a': { data: { k: 'v' } },
    'resource.get v1 configmaps default none': null,
    'http.get https://example.com': { ok: true },
    'globalContext.get pods count': 3,
    'image.getMetadata nginx': { config: { user: 'root' } },
    'yaml.parse a: 1': { a: 1 },
    'time.now': Timestamp.parse('2025-01-02T03:04:05Z'),
    'random [0-9a-z]{8}': 'abcdefgh',
    'http.get https://a PEM': 'by its authority',
    'http.post https://a body PEM2': 'posted',
    'generator.apply default [{"kind":"ConfigMap"}]': true,
    'verifyImageSignatures nginx [{"cosign":1}]': 1,
    'extractPayload nginx sbom': { bomFormat: 'CycloneDX' },
  };
  const host: KyvernoHost = (question, args, caBundle) =>
    answers[[question, ...args, ...(caBundle === undefined ? [] : [caBundle])].map(asText).join(' ')];

  it.each([
    ["resource.Get('v1', 'configmaps', 'default', 'a').data.k", 'v'],
    ["resource.get('v1', 'configmaps', 'default', 'a').data.k", 'v'],
    ["dyn(resource.get('v1', 'configmaps', 'default', 'none')) == null", true],
    ["http.Get('https://example.com').ok", true],
    ["globalContext.Get('pods', 'count')", 3],
    ["image.GetMetadata('nginx').config.user", 'root'],
    ["yaml.parse('a: 1').a", 1],
    ["string(time.now() - duration('1h'))", '2025-01-02T02:04:05Z'],
    ['random()', 'abcdefgh'],
    ["http.Client('PEM').Get('https://a')", 'by its authority'],
    ["http.client('PEM').client('PEM2').post('https://a', 'body')", 'posted'],
    ["generator.Apply('default', [{'kind': dyn('ConfigMap')}])", true],
    ["verifyImageSignatures('nginx', [{'cosign': 1}])", 1],
    ["extractPayload('nginx', 'sbom').bomFormat", 'CycloneDX'],
  ])('%s', (source, value) => {
    expect(evaluate(source, {}, kyverno({ host }))).toBe(value);
  });

  it.each(["resource.list('v1', 'pods', 'a').items.size() > 0", 'time.now() == time.now()', "x509.decode('').IsCA"])(
    '%s is unknown where nothing answers it',
    (source) => {
      const value = evaluate(source, {}, kyverno());
      expect(value).toBeInstanceOf(Unknown);
      expect((value as Unknown).reasons.join()).toContain('nothing here answers it');
    },
  );

  it('is checked: what is asked in another way does not compile', () => {
    expect(() => evaluate('http.Client(1)', {}, kyverno({ host }))).toThrow('found no matching overload');
    expect(() => evaluate('resource.Get(1)', {}, kyverno({ host }))).toThrow(
      "found no matching overload for 'resource.Get' applied to '(int)'",
    );
  });
});

describe('the literals of mutations', () => {
  it('are there where the environment is one of mutations, and nowhere else', () => {
    const source = "Object{spec: Object.spec{replicas: 1}}.spec.replicas == 1 && JSONPatch{op: 'add'}.op == 'add'";
    expect(evaluate(source, {}, kubernetes('1.36', 'stored', { mutation: true }))).toBe(true);
    expect(() => evaluate(source, {}, kubernetes('1.36', 'stored'))).toThrow("undeclared reference to 'Object");
  });
});
