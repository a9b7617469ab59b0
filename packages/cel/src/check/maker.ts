import type { Expr, Literal } from '../syntax/ast.ts';
import {
  ACCUMULATOR,
  type Core,
  type CoreCall,
  type CoreComprehension,
  type CoreIdent,
  type CoreList,
  type CoreLiteral,
  type CoreMap,
  type CoreSelect,
  type CoreStruct,
} from './core.ts';
import { dyn } from './types/type.ts';

/** Makes core expressions that come from one expression of the source. */
export class Maker {
  readonly #source: Expr;
  readonly #made: boolean;

  constructor(source: Expr, made: boolean) {
    this.#source = source;
    this.#made = made;
  }

  literal(value: Literal['value']): CoreLiteral {
    return { kind: 'literal', source: this.#source, made: this.#made, type: dyn, value };
  }

  bool(value: boolean): CoreLiteral {
    return this.literal({ type: 'bool', value });
  }

  int(value: bigint): CoreLiteral {
    return this.literal({ type: 'int', value });
  }

  ident(name: string): CoreIdent {
    return { kind: 'ident', source: this.#source, made: this.#made, type: dyn, name };
  }

  accumulator(): CoreIdent {
    return this.ident(ACCUMULATOR);
  }

  select(operand: Core, field: string, test: boolean, optional: boolean): CoreSelect {
    return {
      kind: 'select',
      source: this.#source,
      made: this.#made,
      type: dyn,
      operand,
      field,
      test,
      optional,
      qualified: null,
    };
  }

  call(name: string, args: readonly Core[]): CoreCall {
    return this.#call(name, null, args);
  }

  member(target: Core, name: string, args: readonly Core[]): CoreCall {
    return this.#call(name, target, args);
  }

  list(elements: CoreList['elements']): CoreList {
    return { kind: 'list', source: this.#source, made: this.#made, type: dyn, elements };
  }

  map(entries: CoreMap['entries']): CoreMap {
    return { kind: 'map', source: this.#source, made: this.#made, type: dyn, entries };
  }

  struct(name: string, fields: CoreStruct['fields']): CoreStruct {
    return { kind: 'struct', source: this.#source, made: this.#made, type: dyn, name, fields };
  }

  comprehension(
    parts: Pick<
      CoreComprehension,
      'range' | 'variable' | 'variable2' | 'accumulator' | 'init' | 'condition' | 'step' | 'result'
    >,
  ): CoreComprehension {
    return { kind: 'comprehension', source: this.#source, made: this.#made, type: dyn, ...parts };
  }

  #call(name: string, target: Core | null, args: readonly Core[]): CoreCall {
    return {
      kind: 'call',
      source: this.#source,
      made: this.#made,
      type: dyn,
      name,
      target,
      args,
      overloads: [],
      namespaced: null,
    };
  }
}
