import type { z } from 'zod';
import { isJsonObject, member } from '../../model/json.ts';
import type { Json } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { severities } from '../../model/severity.ts';
import type { Severity } from '../../model/severity.ts';
import { compileSelector } from '../../model/label-selector.ts';
import type { FieldPath, MatchResources, ParamRef, Policy, PolicyDocument } from '../policy.ts';
import type { MatchResourcesSpec, Metadata, ParamRefSpec, PolicySpec } from './admission-schema.ts';
import { documentFault, schemaFaults, valueAt } from './document-faults.ts';

/** What came of reading a document by a schema: the value, as far as it can be read, and its faults. */
export interface Reading<T> {
  readonly value: T | null;
  readonly faults: readonly Problem[];
}

/**
 * Reads a document, or a field of it, strictly. What has unknown fields alone is read without them, for its other faults. A document found
 * in a cluster may hold fields that we do not know (its server is newer, or pruned nothing): there they are no fault.
 */
export function readStrictly<S extends z.ZodType>(
  document: PolicyDocument,
  schema: S,
  path: FieldPath = [],
): Reading<z.output<S>> {
  const field = valueAt(document.body, path) ?? null;
  const first = schema.safeParse(field);
  if (first.success) return { value: first.data, faults: [] };
  const second = schema.safeParse(withoutUnknown(field, first.error));
  const judged = document.origin === 'cluster' ? second : first;
  return {
    value: second.success ? second.data : null,
    faults: judged.success ? [] : schemaFaults(document, judged.error, schema, path),
  };
}

/** The shared fields of a policy's spec in our shape; `faults` takes what the schema cannot say. */
export function policyFields(document: PolicyDocument, spec: PolicySpec, faults: Problem[]) {
  repeatedNames(document, ['spec', 'matchConditions'], spec.matchConditions, faults);
  repeatedNames(document, ['spec', 'variables'], spec.variables, faults);
  return {
    match: matchResources(document, ['spec', 'matchConstraints'], spec.matchConstraints, faults),
    matchConditions: spec.matchConditions.map(({ name, expression }, index) => ({
      name,
      expression,
      path: ['spec', 'matchConditions', index, 'expression'],
    })),
    variables: spec.variables.map(({ name, expression }, index) => ({
      name,
      expression,
      path: ['spec', 'variables', index, 'expression'],
    })),
    validations: spec.validations.map(({ expression, message, messageExpression }, index) => ({
      expression,
      message: message === undefined || message === '' ? null : message,
      messageExpression: messageExpression === undefined || messageExpression === '' ? null : messageExpression,
      path: ['spec', 'validations', index],
    })),
    auditAnnotations: spec.auditAnnotations.map(({ key, valueExpression }, index) => ({
      name: key,
      expression: valueExpression,
      path: ['spec', 'auditAnnotations', index, 'valueExpression'],
    })),
    failurePolicy: spec.failurePolicy,
    paramKind: spec.paramKind ?? null,
  };
}

/** MatchResources in our shape; faults of its selectors are added to `faults`. */
export function matchResources(
  document: PolicyDocument,
  path: FieldPath,
  spec: MatchResourcesSpec | undefined,
  faults: Problem[],
): MatchResources {
  const selector = (name: 'namespaceSelector' | 'objectSelector') =>
    compileSelector(spec?.[name], (inner, message) => {
      faults.push(documentFault(document, 'PLM1302', [...path, name, ...inner], message));
    });
  return {
    rules: spec?.resourceRules ?? [],
    excludeRules: spec?.excludeResourceRules ?? [],
    namespaceSelector: selector('namespaceSelector'),
    objectSelector: selector('objectSelector'),
    matchPolicy: spec?.matchPolicy ?? 'Equivalent',
  };
}

/** A paramRef in our shape; faults of its selector are added to `faults`. */
export function paramRefOf(
  document: PolicyDocument,
  path: FieldPath,
  { name, selector, namespace, parameterNotFoundAction }: ParamRefSpec,
  faults: Problem[],
): ParamRef {
  return {
    name: name ?? null,
    selector:
      selector === undefined
        ? null
        : (compileSelector(selector, (inner, message) => {
            faults.push(documentFault(document, 'PLM1302', [...path, 'selector', ...inner], message));
          }) ?? { requirements: [] }),
    namespace: namespace ?? null,
    parameterNotFoundAction,
  };
}

/** Title, severity and the like from annotations: our own, or Kyverno's, which policies in the field carry. */
export function annotated(document: PolicyDocument, metadata: Metadata, faults: Problem[]) {
  const annotations = metadata.annotations ?? {};
  const one = (name: string): string | null =>
    annotations[`plimsoll.dev/${name}`] ?? annotations[`policies.kyverno.io/${name}`] ?? null;
  const categories = annotations['plimsoll.dev/categories'] ?? annotations['policies.kyverno.io/category'] ?? '';
  const frameworkPrefix = 'plimsoll.dev/framework.';
  return {
    title: one('title'),
    description: one('description'),
    ...severityOf(document, one('severity'), faults),
    categories: list(categories),
    frameworks: Object.fromEntries(
      Object.entries(annotations)
        .filter(([key]) => key.startsWith(frameworkPrefix))
        .map(([key, ids]) => [key.slice(frameworkPrefix.length), list(ids)]),
    ),
  };
}

/** A policy that could not be read: shown with what is known of it and with its problems, judging nothing. */
export function brokenPolicy(document: PolicyDocument, problems: readonly Problem[]): Policy {
  const [spec, metadata] = [member(document.body, 'spec'), member(document.body, 'metadata')];
  const annotations = member(metadata, 'annotations');
  const said = (name: string): string | null =>
    text(member(spec, name)) ??
    text(member(annotations, `plimsoll.dev/${name}`)) ??
    text(member(annotations, `policies.kyverno.io/${name}`));
  const severity = severityOf(document, said('severity'), []);
  return { ...blankPolicy(document), title: said('title'), description: said('description'), ...severity, problems };
}

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** A policy of a document's name that says nothing yet: what a format does not set stays as Kubernetes defaults it. */
export function blankPolicy(document: PolicyDocument): Policy {
  const metadata = member(document.body, 'metadata');
  return {
    reference: {
      source: document.source,
      kind: text(document.body['kind']) ?? '',
      namespace: text(member(metadata, 'namespace')),
      name: text(member(metadata, 'name')) ?? '(unnamed)',
    },
    rule: null,
    variant: null,
    engine: 'kubernetes',
    origin: document.origin,
    title: null,
    description: null,
    severity: 'high',
    severityKnown: true,
    categories: [],
    frameworks: {},
    presets: [],
    standard: null,
    match: { rules: [], excludeRules: [], namespaceSelector: null, objectSelector: null, matchPolicy: 'Equivalent' },
    narrowing: [],
    matchConditions: [],
    variables: [],
    validations: [],
    desired: null,
    auditAnnotations: [],
    failurePolicy: 'Fail',
    paramKind: null,
    paramRef: null,
    appliesTo: null,
    lookups: [],
    needsBinding: 'nowhere',
    exceptions: [],
    enforcement: [],
    idle: null,
    complete: null,
    dialect: null,
    place: document.place,
    problems: [],
    document,
  };
}

function severityOf(
  document: PolicyDocument,
  text: string | null,
  faults: Problem[],
): { readonly severity: Severity; readonly severityKnown: boolean } {
  const found = severities.find((severity) => severity === text?.toLowerCase());
  const isWrong = text !== null && found === undefined && document.origin !== 'cluster';
  if (isWrong) {
    const message = `"${text}" is no severity; there are ${severities.join(', ')}`;
    faults.push(documentFault(document, 'PLM1302', ['metadata', 'annotations'], message));
  }
  return { severity: found ?? 'high', severityKnown: !isWrong };
}

function repeatedNames(
  document: PolicyDocument,
  path: FieldPath,
  items: readonly { readonly name: string }[],
  faults: Problem[],
): void {
  items.forEach(({ name }, index) => {
    if (items.findIndex((item) => item.name === name) !== index)
      faults.push(documentFault(document, 'PLM1302', [...path, index, 'name'], `"${name}" is there twice`));
  });
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function withoutUnknown(body: Json, error: z.ZodError): Json {
  const gone = new Set(
    error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => JSON.stringify([...issue.path, key])) : [],
    ),
  );
  const copy = (value: Json, path: FieldPath): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item, index) => copy(item, [...path, index]));
    if (!isJsonObject(value)) return value;
    const kept = Object.entries(value).filter(([key]) => !gone.has(JSON.stringify([...path, key])));
    return Object.fromEntries(kept.map(([key, inner]) => [key, copy(inner, [...path, key])]));
  };
  return copy(body, []);
}
