import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kyverno } from '../kyverno.ts';
import { Activation, type Value, compile, evaluate, parse } from '../index.ts';
import { type Tree, TreeReference } from '../environment/tree.ts';
import { generate, generateConditions } from './generate.ts';
import { auto, generated } from './modes.ts';

const environment = kyverno({ variables: ['object'] });

/** Everything that stands in generated source beside quoted literals. */
const known =
  /^(?:[aCFHLOVefkmnqstxyz]\d*|Array|Number|Object|__proto__|break|catch|charCodeAt|composed|composedCost|const|cost|else|endsWith|false|for|function|hasOwn|i|if|has|includes|instanceof|isArray|isSafeInteger|keys|lastIndexOf|length|limit|null|push|return|true|try|typeof|undefined|use|strict|values|var|\d+)$/;

const treeOf = (source: string): Tree => ({ ast: parse(source), overloads: new Map() });

function wordsBesideLiterals(source: string): readonly string[] {
  const tree = treeOf(source);
  const { text } = generate(tree, environment, environment.newSlots(), 0);
  const together = generateConditions(
    [tree, tree].map((one) => ({ tree: one, composed: 0 })),
    environment,
  ).text;
  return `${text}\n${together}`.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""').match(/[\w$]+|[^ -~\n]/g) ?? [];
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '"',
    "'",
    '\\',
    '\\"',
    '"+f+"',
    '*/',
    '//',
    '\u2028',
    '\u2029',
    '\ud800',
    '\udc00',
    '`${f}`',
    '\0',
    '\n',
  ),
);
const text = fc.array(hostile, { maxLength: 4 }).map((parts) => parts.join(''));

describe('given texts made to break out of quotes', () => {
  it('when they are literals, keys or members, then only quoted literals and numbered names stand in the source', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [x, y] = [celLiteral(a), celLiteral(b)];
        const source = `object[${x}] == ${y} || ${x} in [${y}, 'z'] || object.l.exists(v, v == ${x} || v.startsWith(${y}))`;
        expect(wordsBesideLiterals(source).filter((word) => !known.test(word))).toEqual([]);
      }),
    );
  });

  it('when they are compared with themselves, then they are the same text as in the object', () => {
    fc.assert(
      fc.property(text, (a) => {
        const object: Value = Object.fromEntries([[a, { own: a }]]);
        const source = `object[${celLiteral(a)}].own == ${celLiteral(a)} && object.all(k, k in [${celLiteral(a)}])`;
        expect(evaluate(source, { object }, environment, { mode: generated })).toBe(true);
      }),
    );
  });

  it.each(['object.`a.b/c`', 'object.`x-y`.z', 'has(object.`a/b`)', 'object.?`a.b`.orValue(1)'])(
    'when they are quoted fields, then the same holds: %s',
    (source) => {
      expect(wordsBesideLiterals(source).filter((word) => !known.test(word))).toEqual([]);
    },
  );
});

/** The text as CEL writes it, whatever it is; lone surrogates stand as they are. */
function celLiteral(value: string): string {
  return `'${value.replaceAll(/[\\'"`\n\r\0]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}'`;
}

describe('a program in mode auto', () => {
  const source = 'object.a.all(x, x < 3)';
  const frame = (): Activation => new Activation(environment, { object: { a: [1, 2] } });

  it('goes over to generated code once it has run often, and gives the same', () => {
    const tree = treeOf(source);
    const compiled = { tree, reference: new TreeReference(tree), environment, slots: environment.newSlots() };
    const runner = auto(() => 'by closures', compiled);
    const values = Array.from({ length: 1_001 }, () => runner.evaluate(frame()));
    expect(values.slice(0, 1_000).every((value) => value === 'by closures')).toBe(true);
    expect(values[1_000]).toBe(true);
  });

  it('reads the composed variables that it was compiled with', () => {
    const program = compile(parse(source), environment, { mode: auto });
    expect(new Set(Array.from({ length: 2_500 }, () => program.run(frame())))).toEqual(new Set([true]));
  });

  it('stays with closures where code must not be made of strings', { timeout: 60_000 }, () => {
    const index = join(import.meta.dirname, '../index.ts');
    const script = `import { Activation, compile, kubernetes, parse } from ${JSON.stringify(index)};
      import { auto, generated } from ${JSON.stringify(join(import.meta.dirname, '../generate.ts'))};
      const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
      const ast = parse('object.a == 1');
      const program = compile(ast, environment, { mode: auto });
      const values = new Set();
      for (let i = 0; i < 3000; i += 1) values.add(program.run(new Activation(environment, { object: { a: 1 } })));
      let thrown = null;
      try { compile(ast, environment, { mode: generated }); } catch (error) { thrown = error.name; }
      console.log(JSON.stringify([[...values], thrown]));`;
    const options = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([[true], 'EvalError']);
  });
});
