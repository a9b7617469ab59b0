import { type DeclarationTable, kubernetesDeclarations, tableOf } from './declarations/registry.ts';
import { encoderDeclarations, mathDeclarations } from './declarations/extensions.ts';
import { reverseDeclarations } from './declarations/strings.ts';
import { type Typing, macrosOf, typeNames } from './typing.ts';
import { opaque } from './types/type.ts';

/** Every library, literals of mixed types: cel-go as the specification's tests ask it. */
export function standardTyping(): Typing {
  const libraries = [...kubernetesDeclarations, mathDeclarations, encoderDeclarations, reverseDeclarations];
  return extendedTyping(tableOf(libraries, Number.POSITIVE_INFINITY));
}

/** What a dialect is checked by that has functions beyond Kubernetes' and is as lenient as cel-go is by itself. */
export function extendedTyping(table: DeclarationTable): Typing {
  return {
    ...table,
    variables: new Map(),
    types: typeNames(opaque('optional_type'), opaque('net.IP'), opaque('net.CIDR')),
    objects: () => null,
    macros: { ...macrosOf(table), bind: true },
    crossTypeComparisons: true,
    homogeneous: false,
    literals: false,
    constants: false,
  };
}
