import type { Scope } from '../environment/scope.ts';
import { constantOf } from '../evaluate/constant.ts';
import {
  CONSTANT_LIST,
  COUNT_END,
  COUNT_TURN,
  END_COST,
  FILTER_TURN,
  LIST_TURN,
  READ,
  questionCost,
} from '../evaluate/macro.ts';
import type { Macro } from '../syntax/ast.ts';
import { doubtIn } from '../values/unseen.ts';
import { type Generator, byClosureLater } from './generator.ts';
import { BAIL, type Operand } from './writer.ts';

/** Writes a macro as a loop in place; null for a condition. Those that make maps, or optionals, stay closures. */
export function emitMacro(macro: Macro, scope: Scope, g: Generator): Operand | null {
  switch (macro.name) {
    case 'all':
    case 'exists':
      return null;
    case 'filter':
    case 'map':
    case 'transformList':
      return emitList(macro, scope, g);
    case 'exists_one':
      return emitCount(macro, scope, g);
    case 'bind':
      return emitBind(macro, scope, g);
    case 'transformMap':
    case 'transformMapEntry':
    case 'optMap':
    case 'optFlatMap':
      return g.byClosure(macro, scope);
  }
}

/** The texts that a turn of a loop is made of. */
interface Turn {
  readonly inner: Scope;
  readonly element: string;
  /** Index, and the number of turns. */
  readonly i: string;
  readonly count: string;
}

/** Writes `all` and `exists`; false for any other. */
export function jumpQuantifier(macro: Macro, scope: Scope, g: Generator, want: boolean, to: string): boolean {
  if (macro.name !== 'all' && macro.name !== 'exists') return false;
  const { writer } = g;
  const decisive = macro.name === 'exists';
  const question = questionCost(decisive);
  const loop = (decided: string): void =>
    emitLoop(macro, scope, g, ({ inner, i, count }) => {
      writer.charge(question + 1);
      writer.block((next) => {
        g.jump(macro.body, inner, !decisive, `break ${next};`);
        writer.charge(END_COST);
        const again = writer.charged(question);
        writer.branch(`${again === '' ? '' : `if(${i}+1<${count})${again}`}${decided}`);
      });
    });
  if (want === decisive) {
    loop(to);
    writer.charge(END_COST);
    return true;
  }
  writer.block((label) => {
    loop(`break ${label};`);
    writer.charge(END_COST);
    writer.branch(to);
  });
  return true;
}

function emitLoop(macro: Macro, scope: Scope, g: Generator, body: (turn: Turn) => void): void {
  const { writer } = g;
  const two = macro.variables.length === 2;
  const range = g.value(macro.range, scope);
  // What is in a loop takes as many turns as it may cost.
  if (g.depth > 0) g.limit();
  const [values, keys, key, element] = [writer.temp(), writer.temp(), writer.temp(), writer.temp()];
  const [i, count] = [writer.temp(), writer.temp()];
  const { text } = range;
  writer.line(`${keys}=null;`);
  if (range.kind === 'list') writer.line(`${values}=${text};`);
  else {
    writer.line(`if(Array.isArray(${text}))${values}=${text};`);
    const known = `${text}?.__proto__===O&&${writer.constant(doubtIn)}(${text})===undefined`;
    writer.line(`else if(${known})${values}=${keys}=Object.keys(${text});else ${BAIL}`);
  }
  const inner = scope.enter(macro.variables);
  const names = two ? [key, element] : [element];
  writer.line(`${count}=${values}.length;`);
  const before = writer.room();
  writer.branch(`for(${i}=0;${i}<${count};${i}++){${element}=${values}[${i}];`);
  if (two) writer.line(`if(${keys}===null)${key}=${i};else{${key}=${element};${element}=${text}[${key}];}`);
  writer.line(`if(${element}===undefined)${BAIL}`);
  const room = writer.room();
  g.depth += 1;
  const write = (): void => {
    room(g.declare(inner.slots, names, () => body({ inner, element, i, count })));
    // What is pending belongs to the turn.
    writer.branch('}');
  };
  before(writer.turns(count, () => writer.aside(write)));
  g.depth -= 1;
}

/** `filter`, `map` and their like. */
function emitList(macro: Macro, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const result = writer.temp();
  writer.line(`${result}=[];`);
  emitLoop(macro, scope, g, ({ inner, element }) => {
    writer.block((next) => {
      const condition = macro.name === 'filter' ? macro.body : macro.condition;
      if (condition !== null) g.jump(condition, inner, false, `break ${next};`);
      if (macro.name === 'filter') {
        writer.charge(FILTER_TURN);
        writer.branch(`${result}.push(${element});`);
        return;
      }
      writer.charge(READ);
      const { text } = g.known(g.value(macro.body, inner));
      writer.charge(constantOf(macro.body, inner) === undefined ? LIST_TURN : LIST_TURN - CONSTANT_LIST);
      writer.branch(`${result}.push(${text});`);
    });
  });
  writer.charge(END_COST);
  return { text: result, kind: 'list' };
}

function emitCount(macro: Macro, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const result = writer.temp();
  writer.line(`${result}=0;`);
  emitLoop(macro, scope, g, ({ inner }) => {
    writer.block((next) => {
      g.jump(macro.body, inner, false, `break ${next};`);
      writer.charge(COUNT_TURN);
      writer.branch(`${result}++;`);
    });
  });
  writer.charge(COUNT_END);
  writer.line(`${result}=${result}===1;`);
  return { text: result, kind: 'bool' };
}

/**
 * The value of a name that is bound is computed at once, though charged where it is first read: only where that has no
 * effect, which is known once all is written.
 */
function emitBind(macro: Macro, scope: Scope, g: Generator): Operand {
  const { writer, effects } = g;
  const mark = writer.mark();
  const inner = scope.enter(macro.variables, byClosureLater(macro.range, scope));
  const [slot = 0] = inner.slots;
  const cost = writer.costs === 'exact' ? writer.temp() : null;
  if (cost !== null) writer.branch(`${cost}=n;`);
  const value = g.known(g.value(macro.range, scope));
  if (cost !== null) writer.branch(`${cost}=n-${cost};n-=${cost};`);
  g.bind(slot, value, cost);
  const result = g.value(macro.body, inner);
  if (g.effects === effects) return result;
  writer.goBack(mark);
  return g.byClosure(macro, scope);
}
