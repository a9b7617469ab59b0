import { lazy } from '../../lazy.ts';
import type { Environment } from '../../environment/environment.ts';
import { parseTypes } from '../declarations/signature.ts';
import {
  type Type,
  bool,
  duration,
  dyn,
  fieldTable,
  int,
  listOf,
  mapOf,
  string,
  struct,
  timestamp,
} from '../types/type.ts';
import { type Typing, typingOf } from '../typing.ts';

function texts(...names: readonly string[]): Record<string, Type> {
  return Object.fromEntries(names.map((name) => [name, string]));
}

function object(name: string, fields: Readonly<Record<string, Type>>): Type {
  return struct(`kubernetes.${name}`, fieldTable(fields));
}

const declared = lazy(() => {
  const strings = listOf(string);
  const labels = mapOf(string, string);

  const groupVersionKind = object('GroupVersionKind', texts('group', 'version', 'kind'));
  const groupVersionResource = object('GroupVersionResource', texts('group', 'version', 'resource'));
  const userInfo = object('UserInfo', { ...texts('username', 'uid'), groups: strings, extra: mapOf(string, strings) });

  const requestFields = {
    kind: groupVersionKind,
    resource: groupVersionResource,
    requestKind: groupVersionKind,
    requestResource: groupVersionResource,
    userInfo,
    dryRun: bool,
    options: dyn,
    ...texts('subResource', 'requestSubResource', 'name', 'namespace', 'operation'),
  };
  /** `request` of admission policies (k8s.io/apiserver pkg/admission/plugin/cel/compile.go BuildRequestType). */
  const request = object('AdmissionRequest', requestFields);
  /** `request` of Kyverno's (kyverno pkg/cel/compiler/request.go). */
  const wholeRequest = object('AdmissionRequest', { ...requestFields, object: dyn, oldObject: dyn });

  const condition = object('NamespaceCondition', {
    ...texts('status', 'type', 'message', 'reason'),
    lastTransitionTime: timestamp,
  });
  const namespaceSpec = object('NamespaceSpec', { finalizers: strings });
  const namespaceStatus = object('NamespaceStatus', { conditions: listOf(condition), phase: string });
  const namespaceMetadata = object('NamespaceMetadata', {
    ...texts('name', 'generateName', 'namespace', 'UID', 'resourceVersion'),
    labels,
    annotations: labels,
    creationTimestamp: timestamp,
    deletionGracePeriodSeconds: int,
    deletionTimestamp: timestamp,
    generation: int,
    finalizers: strings,
  });

  /** `namespaceObject` of admission policies (the same file, BuildNamespaceType). */
  const namespaceObject = object('Namespace', {
    metadata: namespaceMetadata,
    spec: namespaceSpec,
    status: namespaceStatus,
  });

  const objects: ReadonlyMap<string, Type> = new Map(
    [
      request,
      groupVersionKind,
      groupVersionResource,
      userInfo,
      namespaceObject,
      namespaceMetadata,
      namespaceSpec,
      namespaceStatus,
      condition,
    ].map((type) => [type.name, type]),
  );
  return { request, wholeRequest, namespaceObject, objects };
});

/** What the policy has besides the object. */
export interface AdmissionOptions {
  /** Types of `object`, `oldObject` and `params`, which are dyn where none is given. */
  readonly types?: Readonly<Record<string, Type>>;
}

/**
 * The environment with the types that the API server gives to the variables of admission policies: `request`,
 * `namespaceObject`, `authorizer`, `authorizer.requestResource`. In Kyverno's dialect `request` holds `object` and
 * `oldObject` as well. Its variables must be declared already.
 */
export function admission(environment: Environment, options: AdmissionOptions = {}): Environment {
  const typing = typingOf(environment);
  const variables = new Map(typing.variables);
  const { request, wholeRequest, namespaceObject, objects } = declared();
  const [authorizer = dyn, resourceCheck = dyn] = parseTypes([
    'kubernetes.authorization.Authorizer',
    'kubernetes.authorization.ResourceCheck',
  ]);
  if (environment.slotOf('request') !== undefined)
    variables.set('request', typeof environment.dialect === 'function' ? wholeRequest : request);
  if (environment.slotOf('namespaceObject') !== undefined) variables.set('namespaceObject', namespaceObject);
  if (environment.slotOf('authorizer') !== undefined)
    variables.set('authorizer', authorizer).set('authorizer.requestResource', resourceCheck);
  for (const [name, type] of Object.entries(options.types ?? {})) variables.set(name, type);
  const admitted: Typing = {
    ...typing,
    variables,
    // The provider of declared types knows these two by Kubernetes' short names as well (pkg/cel/types.go findScalar).
    types: new Map([...typing.types, ['timestamp', timestamp], ['duration', duration]]),
    objects: (name) => objects.get(name) ?? typing.objects(name),
    objectRoots: ['kubernetes', ...typing.objectRoots],
  };
  return environment.withTyping(admitted);
}
