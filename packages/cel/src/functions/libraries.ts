import { authorizerFunctions, authorizerSelectorFunctions } from './authorizer.ts';
import { encoderFunctions } from './encoders.ts';
import type { CelFunction, Library } from './function.ts';
import { imageFunctions } from './images.ts';
import { type KyvernoHost, hostFunctions } from './kyverno/host.ts';
import { kyvernoFunctions } from './kyverno/pure.ts';
import { jsonPatchFunctions } from './json-patch.ts';
import { extLists, kubernetesLists } from './lists.ts';
import { mathFunctions } from './math.ts';
import { namedFormatFunctions } from './named-formats.ts';
import { cidrFunctions, ipFunctions } from './network.ts';
import { operators } from './operators.ts';
import { optionalFunctions } from './optionals.ts';
import { quantityFunctions } from './quantity.ts';
import { regexFunctions } from './regex.ts';
import { semverFunctions } from './semver.ts';
import { setFunctions } from './sets.ts';
import { standardFunctions } from './standard.ts';
import { formatFunctions, reverseFunctions, stringFunctions } from './strings.ts';
import { urlFunctions } from './urls.ts';

/** Operators, and what every CEL has. */
export const standard: Library = {
  name: 'standard',
  since: 0,
  functions: () => [...operators(), ...standardFunctions()],
};
const urls: Library = { name: 'urls', since: 0, functions: urlFunctions };
const regex: Library = { name: 'regex', since: 0, functions: regexFunctions };
const lists: Library = { name: 'lists', since: 0, functions: kubernetesLists };
const strings: Library = { name: 'strings', since: 0, functions: stringFunctions };
const authz: Library = { name: 'authz', since: 27, functions: authorizerFunctions };
const optionals: Library = {
  name: 'optionals',
  since: 28,
  functions: optionalFunctions,
  features: ['optional syntax', 'optional macros'],
};
const quantity: Library = { name: 'quantity', since: 28, functions: quantityFunctions };
/** What version 2 of ext.Strings, which takes the place of version 0 in 1.29, has besides. */
const stringsFormat: Library = { name: 'strings.format', since: 29, functions: formatFunctions };
const sets: Library = { name: 'sets', since: 29, functions: setFunctions };
const ip: Library = { name: 'ip', since: 30, functions: ipFunctions };
const cidr: Library = { name: 'cidr', since: 30, functions: cidrFunctions };
const format: Library = { name: 'format', since: 31, functions: namedFormatFunctions };
const authzSelectors: Library = { name: 'authzSelectors', since: 31, functions: authorizerSelectorFunctions };
const comprehensions: Library = {
  name: 'comprehensions',
  since: 32,
  functions: () => [],
  features: ['two-variable macros'],
};
const semver: Library = { name: 'semver', since: 33, functions: semverFunctions };
const extListLibrary: Library = { name: 'ext.lists', since: 34, functions: extLists, features: ['sortBy'] };

/** Kubernetes' libraries by the version that brought them (k8s.io/apiserver pkg/cel/environment/base.go). */
export const kubernetesLibraries: readonly Library[] = [
  standard,
  urls,
  regex,
  lists,
  authz,
  optionals,
  quantity,
  strings,
  stringsFormat,
  sets,
  ip,
  cidr,
  format,
  authzSelectors,
  comprehensions,
  semver,
  extListLibrary,
];

const bindings: Library = { name: 'bindings', since: 0, functions: () => [], features: ['cel.bind'] };
const encoders: Library = { name: 'encoders', since: 0, functions: encoderFunctions };
const image: Library = { name: 'image', since: 0, functions: imageFunctions };
const math: Library = { name: 'math', since: 0, functions: mathFunctions };
const stringsReverse: Library = { name: 'strings.reverse', since: 0, functions: reverseFunctions };

/** What mutating policies have besides (pkg/admission/plugin/cel/compile.go, hasPatchTypes). */
export const mutationLibrary: Library = {
  name: 'jsonpatch',
  since: 0,
  functions: jsonPatchFunctions,
  features: ['patch types'],
};

/** Kyverno's environment (kyverno pkg/cel/compiler/env.go): no authorizer, and no macros of two variables. */
const kyvernoLibraries: readonly Library[] = [
  standard,
  optionals,
  bindings,
  encoders,
  extListLibrary,
  math,
  sets,
  strings,
  stringsFormat,
  cidr,
  format,
  ip,
  lists,
  regex,
  urls,
  quantity,
  semver,
  image,
];

/** The same with what a host answers. */
export function kyvernoLibrariesOf(host: KyvernoHost): readonly Library[] {
  const functions = (): readonly CelFunction[] => [...kyvernoFunctions(), ...hostFunctions(host)];
  return [...kyvernoLibraries, { name: 'kyverno', since: 0, functions }];
}

/** cel-go's EnableIdentifierEscapeSyntax, which neither Kubernetes nor Kyverno switches on. */
const quotedFields: Library = { name: 'quoted fields', since: 0, functions: () => [], features: ['quoted fields'] };

/** What the CEL specification's tests ask of: everything that is here. */
export const allLibraries = (): readonly Library[] => [
  ...kubernetesLibraries,
  bindings,
  encoders,
  math,
  stringsReverse,
  quotedFields,
];
