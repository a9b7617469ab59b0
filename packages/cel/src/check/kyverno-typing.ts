import { authorizerDeclarations, authorizerSelectorDeclarations } from './declarations/authorizer.ts';
import { comprehensionDeclarations } from './declarations/comprehensions.ts';
import { encoderDeclarations, mathDeclarations } from './declarations/extensions.ts';
import { imageDeclarations } from './declarations/images.ts';
import { kyvernoDeclarations } from './declarations/kyverno-functions.ts';
import { kubernetesDeclarations, tableOf } from './declarations/registry.ts';
import { extendedTyping } from './standard-typing.ts';
import type { Typing } from './typing.ts';

/** What Kyverno checks by (kyverno pkg/cel/compiler/env.go): no authorizer, and no macros of two variables. */
export function kyvernoTyping(): Typing {
  const left = new Set([authorizerDeclarations, authorizerSelectorDeclarations, comprehensionDeclarations]);
  const shared = kubernetesDeclarations.filter((library) => !left.has(library));
  const own = [mathDeclarations, encoderDeclarations, imageDeclarations, kyvernoDeclarations];
  return { ...extendedTyping(tableOf([...shared, ...own], Number.POSITIVE_INFINITY)), homogeneous: true };
}
