import { authorizerDeclarations, authorizerSelectorDeclarations } from './authorizer.ts';
import { cidrDeclarations } from './cidr.ts';
import { comprehensionDeclarations } from './comprehensions.ts';
import type { DeclaredLibrary, FunctionDeclaration } from './declaration.ts';
import { merge } from './declaration.ts';
import { namedFormatDeclarations } from './format.ts';
import { ipDeclarations } from './ip.ts';
import { jsonPatchDeclarations } from './json-patch.ts';
import { extListDeclarations, listDeclarations } from './lists.ts';
import { optionalDeclarations } from './optionals.ts';
import { quantityDeclarations } from './quantity.ts';
import { regexDeclarations } from './regex.ts';
import { semverDeclarations } from './semver.ts';
import { setDeclarations } from './sets.ts';
import { standardDeclarations } from './standard.ts';
import { formatDeclarations, stringDeclarations } from './strings.ts';
import { urlDeclarations } from './urls.ts';

/** Kubernetes' libraries in the order in which its environment adds them (pkg/cel/environment/base.go). */
export const kubernetesDeclarations: readonly DeclaredLibrary[] = [
  standardDeclarations,
  urlDeclarations,
  regexDeclarations,
  listDeclarations,
  authorizerDeclarations,
  optionalDeclarations,
  quantityDeclarations,
  stringDeclarations,
  formatDeclarations,
  setDeclarations,
  ipDeclarations,
  cidrDeclarations,
  namedFormatDeclarations,
  authorizerSelectorDeclarations,
  comprehensionDeclarations,
  semverDeclarations,
  extListDeclarations,
];

const made = new WeakMap<DeclaredLibrary, readonly FunctionDeclaration[]>();

function declarationsOf(library: DeclaredLibrary): readonly FunctionDeclaration[] {
  const known = made.get(library) ?? library.functions();
  made.set(library, known);
  return known;
}

/** Functions by name, and those that a later version of Kubernetes has, with its minor version. */
export interface DeclarationTable {
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly later: ReadonlyMap<string, number>;
}

/** The functions of Kubernetes 1.`minor`. */
export function kubernetesTable(minor: number): DeclarationTable {
  return tableOf(kubernetesDeclarations, minor);
}

/** A table with the functions of mutations besides. */
export function withMutations(table: DeclarationTable): DeclarationTable {
  const functions = new Map(table.functions);
  for (const fn of declarationsOf(jsonPatchDeclarations)) functions.set(fn.name, fn);
  return { functions, later: table.later };
}

/** The functions of libraries, those of one name together, up to a version. */
export function tableOf(libraries: readonly DeclaredLibrary[], minor: number): DeclarationTable {
  const functions = new Map<string, FunctionDeclaration>();
  const later = new Map<string, number>();
  for (const library of libraries)
    for (const fn of declarationsOf(library)) {
      const known = functions.get(fn.name);
      if (library.since <= minor) functions.set(fn.name, known === undefined ? fn : merge(known, fn));
      else if (known === undefined) later.set(fn.name, library.since);
    }
  return { functions, later };
}
