import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Activation, blame, check, compile, kubernetes, parse } from '../index.ts';
import { type Tree, TreeReference } from './tree.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
const source = "object.spec.containers.all(c, c.image in ['a', 'b'] && string(c.port) != '' && {'k': [1] + [2]} != {})";

function checked(text: string): Tree {
  const ast = parse(text);
  return { ast, overloads: check(ast, environment).overloads };
}

/** What was asked of a WeakRef lives as long as the job that asked. */
async function collected(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}

function byId({ overloads }: Tree): readonly (readonly [number, string])[] {
  return [...overloads].map(([{ id }, overload]) => [id, overload] as const).toSorted(([a], [b]) => a - b);
}

describe('a tree that is referred to', () => {
  it('is the same one as long as somebody holds it', () => {
    const reference = new TreeReference(checked(source));
    const { tree } = reference;
    expect(reference.tree).toBe(tree);
  });

  it('is made anew when nobody does: ids, places and what the checker chose alike', async () => {
    const reference = new TreeReference(checked(source));
    const first = new WeakRef(reference.tree);
    await collected();
    expect(first.deref()).toBeUndefined();
    expect(reference.tree.ast).toEqual(parse(source));
    expect(byId(reference.tree)).toEqual(byId(checked(source)));
    expect(byId(reference.tree)).toHaveLength(4);
  });

  it('is so even where it is deeper than parse allows by itself', async () => {
    const deep = `${'-('.repeat(240)}1${')'.repeat(240)}`;
    const reference = new TreeReference({ ast: parse(deep, { depth: 1000 }), overloads: new Map() });
    await collected();
    expect(reference.tree.ast.source).toBe(deep);
    expect(() => parse(deep)).toThrow('recursion limit');
  });

  it('stays once it was explained, so that explaining it again takes no further slots', async () => {
    const program = compile(parse(source), environment);
    const activation = new Activation(environment, { object: { spec: { containers: [{ image: 'c' }] } } });
    program.run(activation);
    expect(blame(program, activation)).toEqual(['object.spec.containers[0].image']);
    const first = new WeakRef(program.tree);
    await collected();
    const slots = activation.values.length;
    expect(first.deref()).toBe(program.tree);
    expect(blame(program, activation)).toEqual(['object.spec.containers[0].image']);
    expect(activation.values.length).toBe(slots);
  });
});
