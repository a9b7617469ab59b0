import { authorizerFunctions, authorizerSelectorFunctions } from './authorizer.ts';
import type { Library } from './function.ts';
import { jsonPatchFunctions } from './json-patch.ts';
import { extLists, kubernetesLists } from './lists.ts';
import { namedFormatFunctions } from './named-formats.ts';
import { cidrFunctions, ipFunctions } from './network.ts';
import { operators } from './operators.ts';
import { optionalFunctions } from './optionals.ts';
import { quantityFunctions } from './quantity.ts';
import { regexFunctions } from './regex.ts';
import { semverFunctions } from './semver.ts';
import { setFunctions } from './sets.ts';
import { standardFunctions } from './standard.ts';
import { formatFunctions, stringFunctions } from './strings.ts';
import { urlFunctions } from './urls.ts';

/** Operators, and what every CEL has. */
export const standard: Library = {
  since: 0,
  functions: () => [...operators(), ...standardFunctions()],
};
const urls: Library = { since: 0, functions: urlFunctions };
const regex: Library = { since: 0, functions: regexFunctions };
const lists: Library = { since: 0, functions: kubernetesLists };
const strings: Library = { since: 0, functions: stringFunctions };
export const authz: Library = { since: 27, functions: authorizerFunctions };
const optionals: Library = {
  since: 28,
  functions: optionalFunctions,
  features: ['optional syntax', 'optional macros'],
};
const quantity: Library = { since: 28, functions: quantityFunctions };
/** What version 2 of ext.Strings, which takes the place of version 0 in 1.29, has besides. */
const stringsFormat: Library = { since: 29, functions: formatFunctions };
const sets: Library = { since: 29, functions: setFunctions };
const ip: Library = { since: 30, functions: ipFunctions };
const cidr: Library = { since: 30, functions: cidrFunctions };
const format: Library = { since: 31, functions: namedFormatFunctions };
export const authzSelectors: Library = { since: 31, functions: authorizerSelectorFunctions };
export const comprehensions: Library = {
  since: 32,
  functions: () => [],
  features: ['two-variable macros'],
};
const semver: Library = { since: 33, functions: semverFunctions };
const extListLibrary: Library = { since: 34, functions: extLists, features: ['sortBy'] };

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

/** What mutating policies have besides (pkg/admission/plugin/cel/compile.go, hasPatchTypes). */
export const mutationLibrary: Library = {
  since: 0,
  functions: jsonPatchFunctions,
  features: ['patch types'],
};
