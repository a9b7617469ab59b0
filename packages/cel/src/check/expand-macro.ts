import type { Expr, Macro } from '../syntax/ast.ts';
import { ACCUMULATOR, type Core, type CoreComprehension } from './core.ts';
import type { Macros } from './lower.ts';
import { Maker } from './maker.ts';
import { placeOf } from './place.ts';

/**
 * A macro as cel-go expands it (parser/macro.go, ext/comprehensions.go, ext/lists.go, ext/bindings.go,
 * cel/library.go); a plain call where the environment lacks it. `inner` lowers a part, anew at each call.
 */
export function expand(macro: Macro, macros: Macros, inner: (part: Expr) => Core, source: string): Core {
  const make = new Maker(macro, true);
  if (!available(macro, macros)) return asCall(macro, inner, make, source);
  const [variable = '', variable2 = null] = macro.variables;
  switch (macro.name) {
    case 'bind':
      return binding(make, variable, inner(macro.range), inner(macro.body));
    case 'optMap':
    case 'optFlatMap': {
      // cel-go evaluates a copy of the target for the binding, and checks both.
      const value = make.member(inner(macro.range), 'value', []);
      const bound = binding(make, variable, value, inner(macro.body));
      return make.call('_?_:_', [
        make.member(inner(macro.range), 'hasValue', []),
        macro.name === 'optMap' ? make.call('optional.of', [bound]) : bound,
        make.call('optional.none', []),
      ]);
    }
    default: {
      const fold = foldOf(macro, make, inner);
      return make.comprehension({
        range: inner(macro.range),
        variable,
        variable2,
        accumulator: ACCUMULATOR,
        ...fold,
      });
    }
  }
}

function available(macro: Macro, macros: Macros): boolean {
  if (macro.name === 'bind') return macros.bind;
  if (macro.name === 'optMap' || macro.name === 'optFlatMap') return macros.optionals;
  return macro.variables.length < 2 || macros.twoVariables;
}

/** The call that the source spells, to be refused by the name that the environment lacks. */
function asCall(macro: Macro, inner: (part: Expr) => Core, make: Maker, source: string): Core {
  const rest = [macro.condition, macro.body].filter((part) => part !== null).map(inner);
  const identAt = (name: string, offset: number): Core => {
    const ident = { kind: 'ident', id: 0, offset, end: offset + name.length, name, absolute: false } as const;
    return new Maker(ident, false).ident(name);
  };
  let at = placeOf(macro, source);
  const names = macro.variables.map((name) => {
    at = source.indexOf(name, at + 1);
    return identAt(name, at);
  });
  if (macro.name === 'bind')
    return make.member(identAt('cel', macro.offset), 'bind', [...names, inner(macro.range), ...rest]);
  return make.member(inner(macro.range), macro.name, [...names, ...rest]);
}

/** A comprehension over nothing whose accumulator is the bound name. */
function binding(make: Maker, name: string, value: Core, body: Core): Core {
  return make.comprehension({
    range: make.list([]),
    variable: '#unused',
    variable2: null,
    accumulator: name,
    init: value,
    condition: make.bool(false),
    step: make.ident(name),
    result: body,
  });
}

type Fold = Pick<CoreComprehension, 'init' | 'condition' | 'step' | 'result'>;

function foldOf(macro: Macro, make: Maker, inner: (part: Expr) => Core): Fold {
  const body = inner(macro.body);
  const accumulator = make.accumulator();
  /** Takes a step only where the condition holds, if there is one. */
  const filtered = (step: Core): Core =>
    macro.condition === null ? step : make.call('_?_:_', [inner(macro.condition), step, make.accumulator()]);
  const append = (value: Core): Core => make.call('_+_', [make.accumulator(), make.list([{ value, optional: false }])]);
  const collected = (init: Core, step: Core): Fold => ({
    init,
    condition: make.bool(true),
    step,
    result: accumulator,
  });
  switch (macro.name) {
    case 'all':
      return {
        init: make.bool(true),
        condition: make.call('@not_strictly_false', [make.accumulator()]),
        step: make.call('_&&_', [make.accumulator(), body]),
        result: accumulator,
      };
    case 'exists':
      return {
        init: make.bool(false),
        condition: make.call('@not_strictly_false', [make.call('!_', [make.accumulator()])]),
        step: make.call('_||_', [make.accumulator(), body]),
        result: accumulator,
      };
    case 'exists_one':
      return {
        ...collected(
          make.int(0n),
          make.call('_?_:_', [body, make.call('_+_', [make.accumulator(), make.int(1n)]), make.accumulator()]),
        ),
        result: make.call('_==_', [accumulator, make.int(1n)]),
      };
    case 'filter':
      return collected(
        make.list([]),
        make.call('_?_:_', [body, append(make.ident(macro.variables[0] ?? '')), make.accumulator()]),
      );
    case 'transformMap':
    case 'transformMapEntry': {
      const key = macro.name === 'transformMap' ? [make.ident(macro.variables[0] ?? '')] : [];
      return collected(make.map([]), filtered(make.call('cel.@mapInsert', [make.accumulator(), ...key, body])));
    }
    default:
      return collected(make.list([]), filtered(append(body)));
  }
}

/** `list.sortBy(variable, key)` (cel-go ext/lists.go sortByMacro). */
export function expandSortBy(source: Expr, list: Core, variable: string, key: Core): Core {
  const make = new Maker(source, true);
  const input = '@__sortBy_input__';
  const keys = make.comprehension({
    range: make.ident(input),
    variable,
    variable2: null,
    accumulator: ACCUMULATOR,
    init: make.list([]),
    condition: make.bool(true),
    step: make.call('_+_', [make.accumulator(), make.list([{ value: key, optional: false }])]),
    result: make.accumulator(),
  });
  return binding(make, input, list, make.member(make.ident(input), '@sortByAssociatedKeys', [keys]));
}
