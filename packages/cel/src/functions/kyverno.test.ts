import { describe, expect, it } from 'vitest';
import { CompileError, ErrorValue, evaluate, kubernetes, kyverno } from '../index.ts';

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
    [`image('ghcr.io/a/b:1@${digest}').tag()`, ''],
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

describe('the literals of mutations', () => {
  it('are there where the environment is one of mutations, and nowhere else', () => {
    const source = "Object{spec: Object.spec{replicas: 1}}.spec.replicas == 1 && JSONPatch{op: 'add'}.op == 'add'";
    expect(evaluate(source, {}, kubernetes('1.36', 'stored', { mutation: true }))).toBe(true);
    expect(() => evaluate(source, {}, kubernetes('1.36', 'stored'))).toThrow("undeclared reference to 'Object");
  });
});
