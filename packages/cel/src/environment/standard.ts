import { standardTyping } from '../check/standard-typing.ts';
import { bindings, encoders, math } from '../functions/extensions.ts';
import type { Library } from '../functions/function.ts';
import { kubernetesLibraries } from '../functions/libraries.ts';
import { reverseFunctions } from '../functions/strings.ts';
import { Environment, type EnvironmentOptions, typesOf } from './environment.ts';
import { FunctionTable } from './function-table.ts';

const stringsReverse: Library = { since: 0, functions: reverseFunctions };
/** cel-go's EnableIdentifierEscapeSyntax, which neither Kubernetes nor Kyverno switches on. */
const quotedFields: Library = { since: 0, functions: () => [], features: ['quoted fields'] };

/** The environment of the CEL specification with the extension libraries of cel-go that are here. */
export function standard(options: EnvironmentOptions = {}): Environment {
  const libraries = [...kubernetesLibraries, bindings, encoders, math, stringsReverse, quotedFields];
  const table = new FunctionTable(libraries, Number.POSITIVE_INFINITY);
  return new Environment(table, options.variables ?? [], standardTyping, typesOf(options));
}
