import { nearestName } from '@plimsoll/cel';
import { isJsonObject, member } from '../../../model/json.ts';
import type { Problem } from '../../../model/problem.ts';
import { withDefaults } from '../../structural/structural-defaults.ts';
import { structuralFaults } from '../../structural/structural-faults.ts';
import type { StructuralSchema } from '../../structural/structural-schema.ts';
import { unknownFields } from '../../structural/structural-unknown.ts';
import type { Binding } from '../../policy.ts';
import { documentFault } from '../document-faults.ts';
import type { TemplateSpec } from './schema.ts';

/**
 * The schema of a template's parameters; undefined where it takes none. A legacy schema, which v1beta1 and v1alpha1 have
 * where they do not say, keeps what it does not name (frameworks/constraint pkg/schema `AddPreserveUnknownFields`).
 */
export function parameterSchema({ crd }: TemplateSpec, version: string): StructuralSchema | undefined {
  const { openAPIV3Schema, legacySchema = version !== 'v1' } = crd.spec.validation ?? {};
  return legacySchema ? keepingAll(openAPIV3Schema ?? {}) : openAPIV3Schema;
}

function keepingAll(schema: StructuralSchema): StructuralSchema {
  const { type, properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(type === undefined || type === '' || type === 'object' ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, own]) => [key, keepingAll(own)])) }),
    ...(type === 'array' || items !== undefined ? { items: keepingAll(items ?? {}) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: keepingAll(additionalProperties) } : {}),
  };
}

/**
 * A constraint as Gatekeeper holds it: what does not fit its template is a problem, and what is left out has the
 * template's defaults (frameworks/constraint pkg/client/template_client.go `ValidateConstraint`, `ApplyDefaultParams`).
 */
export function completed(binding: Binding, kind: string, parameters: StructuralSchema | undefined): Binding {
  const { document, param } = binding;
  if (binding.problems.length > 0 || param === null) return binding;
  const problems = [...kindFaults(binding, kind), ...parameterFaults(binding, kind, parameters)];
  if (problems.length > 0) return { ...binding, problems };
  const spec = document.body['spec'];
  return isJsonObject(spec)
    ? { ...binding, param: { ...param, spec: withDefaults(spec, specSchema(parameters)) } }
    : binding;
}

function specSchema(parameters: StructuralSchema | undefined): StructuralSchema {
  return {
    properties: {
      enforcementAction: { type: 'string', default: 'deny' },
      ...(parameters === undefined ? {} : { parameters }),
    },
  };
}

function kindFaults({ document }: Binding, kind: string): readonly Problem[] {
  const own = String(document.body['kind']);
  return own === kind ? [] : [documentFault(document, 'PLM1302', ['kind'], `"${own}"; its template's is ${kind}`)];
}

function parameterFaults(
  { document }: Binding,
  kind: string,
  schema: StructuralSchema | undefined,
): readonly Problem[] {
  const path = ['spec', 'parameters'];
  const value = member(document.body['spec'], 'parameters');
  if (value === undefined) return [];
  if (schema === undefined) return [documentFault(document, 'PLM1301', path, `${kind} takes no parameters`)];
  return [
    ...unknownFields(value, schema, path).map((field) => {
      const nearest = nearestName(String(field.path.at(-1)), [...field.known]);
      const meant = nearest === null ? '' : `; did you mean "${nearest}"?`;
      return documentFault(document, 'PLM1301', field.path, `is no parameter of ${kind}${meant}`);
    }),
    ...structuralFaults(value, schema, path).map((fault) =>
      documentFault(document, 'PLM1316', fault.path, fault.message),
    ),
  ];
}
