import type { Scope } from '../environment/scope.ts';
import { constantOf } from '../evaluate/constant.ts';
import { asFault } from '../evaluate/fault-place.ts';
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
import { isMap, mapGet, mapKeys } from '../values/equality.ts';
import type { Fault } from '../values/fault.ts';
import { type Value, isList } from '../values/value.ts';
import { type Generator, byClosureLater } from './generator.ts';
import { type Operand, fixing, isFault } from './writer.ts';

/** Writes a macro as a loop in place; those that make maps, or bind what is in an optional, stay closures. */
export function emitMacro(macro: Macro, scope: Scope, g: Generator): Operand {
  switch (macro.name) {
    case 'all':
      return emitLoop(macro, scope, g, quantifier(macro, false, g));
    case 'exists':
      return emitLoop(macro, scope, g, quantifier(macro, true, g));
    case 'filter':
      return emitLoop(macro, scope, g, filtering(macro, g));
    case 'exists_one':
      return emitLoop(macro, scope, g, counting(macro, g));
    case 'map':
    case 'transformList':
      return emitLoop(macro, scope, g, mapping(macro, g));
    case 'bind':
      return emitBind(macro, scope, g);
    case 'transformMap':
    case 'transformMapEntry':
    case 'optMap':
    case 'optFlatMap':
      return g.byClosure(macro, scope);
  }
}

/** The texts that a loop is made of. */
interface Turn {
  readonly element: string;
  /** Index, and the number of turns. */
  readonly i: string;
  readonly count: string;
  /** The fault so far. */
  readonly fault: string;
  readonly result: string;
  /** Where the loop ends early. */
  readonly label: string;
}

interface Loop {
  /** What a turn costs before its body. */
  readonly head: number;
  readonly begin: (turn: Turn) => string;
  /** What is done with the body's value. */
  readonly take: (body: Operand, turn: Turn) => string;
  readonly end: number;
  /** The value where nothing failed. */
  readonly value: (turn: Turn) => string;
}

function quantifier({ body }: Macro, decisive: boolean, g: Generator): Loop {
  const question = questionCost(decisive);
  return {
    head: question + 1,
    begin: () => '',
    take: (value, { i, count, result, label, fault }) =>
      `${g.limit}if(${value.text}===${decisive}){n+=${END_COST}+(${i}+1<${count}?${question}:0);${result}=${decisive};break ${label};}` +
      `if(${value.text}!==${!decisive}){${g.failed(value, body.offset, fault)}}`,
    end: END_COST,
    value: () => String(!decisive),
  };
}

function filtering({ body }: Macro, g: Generator): Loop {
  return {
    head: 0,
    begin: ({ result }) => `${result}=[];`,
    take: (value, { element, result, fault }) =>
      `if(${value.text}===true){n+=${FILTER_TURN};${g.limit}${result}.push(${element});}` +
      `else{${g.limit}if(${value.text}!==false){${g.failed(value, body.offset, fault)}}}`,
    end: END_COST,
    value: ({ result }) => result,
  };
}

function counting({ body }: Macro, g: Generator): Loop {
  return {
    head: 0,
    begin: ({ result }) => `${result}=0;`,
    take: (value, { result, fault }) =>
      `if(${value.text}===true){n+=${COUNT_TURN};${g.limit}${result}+=1;}` +
      `else{${g.limit}if(${value.text}!==false){${g.failed(value, body.offset, fault)}}}`,
    end: COUNT_END,
    value: ({ result }) => `${result}===1`,
  };
}

function mapping({ body }: Macro, g: Generator): Loop {
  return {
    head: READ,
    begin: ({ result }) => `${result}=[];`,
    take: (value, { result, fault }) =>
      `${g.limit}if(${isFault(value.text)}){${g.failed(value, body.offset, fault)}}else ${result}.push(${value.text});`,
    end: END_COST,
    value: ({ result }) => result,
  };
}

function emitLoop(macro: Macro, scope: Scope, g: Generator, loop: Loop): Operand {
  const { writer } = g;
  const two = macro.variables.length === 2;
  const range = g.raw(macro.range, scope);
  writer.flush();
  const [values, keys, key, element] = [writer.temp(), writer.temp(), writer.temp(), writer.temp()];
  const [i, count, fault, result] = [writer.temp(), writer.temp(), writer.temp(), writer.temp()];
  const turn: Turn = { element, i, count, fault, result, label: writer.label() };
  const keysOf = `${writer.constant(rangeKeys)}(${range.text},${macro.range.offset})`;
  writer.line(`if(Array.isArray(${range.text})){${values}=${range.text};${keys}=null;}else{`);
  writer.line(`${fixing(range)}${keys}=${values}=${keysOf};`);
  if (two) writer.line(`if(!(${keys} instanceof F))${values}=${writer.constant(valuesUnder)}(${range.text},${keys});`);
  writer.line(`}if(${values} instanceof F)${result}=${values};else ${turn.label}:{`);
  writer.line(`${fault}=undefined;${loop.begin(turn)}${count}=${values}.length;`);
  writer.line(`for(${i}=0;${i}<${count};${i}++){${element}=${values}[${i}];if(${element}===undefined)${element}=null;`);
  const inner = scope.enter(macro.variables);
  const names = two ? [key, element] : [element];
  if (two) writer.line(`${key}=${keys}===null?${i}:${keys}[${i}];`);
  const room = writer.room();
  const stores = names.map((text, at) => g.declare(inner.slots[at] ?? 0, text));
  if (macro.condition !== null) {
    const wanted = g.value(macro.condition, inner);
    writer.flush();
    writer.line(`${g.limit}if(${wanted.text}===false)continue;`);
    writer.line(`if(${wanted.text}!==true){${g.failed(wanted, macro.body.offset, fault)}continue;}`);
  }
  writer.charge(loop.head);
  const body = g.value(macro.body, inner);
  if (macro.name === 'map' || macro.name === 'transformList')
    writer.charge(constantOf(macro.body, inner) === undefined ? LIST_TURN : LIST_TURN - CONSTANT_LIST);
  writer.flush();
  writer.line(`${loop.take(body, turn)}}`);
  room(stores.map((store) => store()).join(''));
  writer.line(`n+=${loop.end};${result}=${fault}===undefined?${loop.value(turn)}:${fault};}`);
  return { text: result, fix: '' };
}

/** What a loop over anything but a list runs over: a map's keys. */
function rangeKeys(range: Value, offset: number): readonly Value[] | Fault {
  return isMap(range) && !isList(range) ? mapKeys(range) : asFault(range, offset);
}

function valuesUnder(range: Value, keys: readonly Value[]): readonly Value[] {
  return keys.map((key) => (isMap(range) ? (mapGet(range, key) ?? null) : null));
}

/** The value is computed when the name is first read. */
function emitBind(macro: Macro, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const inner = scope.enter(macro.variables, byClosureLater(macro.range, scope));
  const [slot = 0] = inner.slots;
  g.computes(slot, g.nested(macro.range, scope));
  writer.line(`V[${slot}]=undefined;`);
  return g.raw(macro.body, inner);
}
