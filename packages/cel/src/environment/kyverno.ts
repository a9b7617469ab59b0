import { kyvernoTyping } from '../check/kyverno-typing.ts';
import { bindings, encoders, math } from '../functions/extensions.ts';
import type { CelFunction, Library } from '../functions/function.ts';
import { imageFunctions } from '../functions/images.ts';
import { type KyvernoHost, hostFunctions, silentHost } from '../functions/kyverno/host.ts';
import { kyvernoFunctions } from '../functions/kyverno/pure.ts';
import { extRegexFunctions } from '../functions/kyverno/regex.ts';
import { authz, authzSelectors, comprehensions, kubernetesLibraries } from '../functions/libraries.ts';
import { Environment, type EnvironmentOptions, typesOf } from './environment.ts';
import { FunctionTable } from './function-table.ts';

/** What Kyverno's environment is made of. */
export interface KyvernoOptions extends EnvironmentOptions {
  /** Answers for the cluster, the network and the clock; without one what asks them is unknown. */
  readonly host?: KyvernoHost;
}

const image: Library = { since: 0, functions: imageFunctions };

/** The environment of Kyverno's CEL policies, version 1.18. */
export function kyverno(options: KyvernoOptions = {}): Environment {
  const table = new FunctionTable(librariesOf(options.host ?? silentHost), Number.POSITIVE_INFINITY);
  return new Environment(table, options.variables ?? [], kyvernoTyping, typesOf(options));
}

/** Kyverno's environment (kyverno pkg/cel/compiler/env.go): no authorizer, and no macros of two variables. */
function librariesOf(host: KyvernoHost): readonly Library[] {
  const left = new Set([authz, authzSelectors, comprehensions]);
  const shared = kubernetesLibraries.filter((library) => !left.has(library));
  const functions = (): readonly CelFunction[] => [
    ...kyvernoFunctions(),
    ...extRegexFunctions(),
    ...hostFunctions(host),
  ];
  return [...shared, bindings, encoders, math, image, { since: 0, functions, features: ['orValue of all'] }];
}
