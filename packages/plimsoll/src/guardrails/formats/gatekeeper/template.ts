import type { Problem } from '../../../model/problem.ts';
import { shapeFaults } from '../../structural/structural-shape.ts';
import type { FieldPath, NamedExpression, Policy, PolicyDocument } from '../../policy.ts';
import { documentFault } from '../document-faults.ts';
import { annotated, blankPolicy, brokenPolicy, readStrictly } from '../policy-reading.ts';
import { completed, parameterSchema } from './parameter-schema.ts';
import { type TemplateSpec, celSourceSchema, templateSchema } from './schema.ts';

const engine = 'K8sNativeValidation';
const target = 'admission.k8s.gatekeeper.sh';
const schemaPath = ['spec', 'crd', 'spec', 'validation', 'openAPIV3Schema'];
const codePath = ['spec', 'targets', 0, 'code'];

/** What templates may read besides their own variables (gatekeeper pkg/drivers/k8scel/transform/cel_snippets.go). */
const given: readonly NamedExpression[] = [
  // At rest nothing is deleted, and the object is never the old one.
  { name: 'anyObject', expression: 'object', path: codePath },
  {
    name: 'params',
    expression: '!has(params.spec) ? null : !has(params.spec.parameters) ? null: params.spec.parameters',
    path: codePath,
  },
];

/** Gatekeeper compiles with the libraries of its own build, and as what was accepted already (k8scel/driver.go). */
const dialect = { version: '1.36', expressions: 'stored' } as const;

/** A ConstraintTemplate as a policy: its constraints are its bindings, and their parameters its params. */
export function readTemplate(document: PolicyDocument): Policy {
  const reading = readStrictly(document, templateSchema);
  if (reading.value === null) return brokenPolicy(document, reading.faults);
  const { apiVersion, metadata, spec } = reading.value;
  const faults: Problem[] = [...reading.faults, ...templateFaults(document, spec, metadata.name)];
  const annotations = metadata.annotations ?? {};
  const said = annotated(document, metadata, faults);
  const { kind } = spec.crd.spec.names;
  const parameters = parameterSchema(spec, apiVersion.slice(apiVersion.indexOf('/') + 1));
  for (const { path, message } of parameters === undefined ? [] : shapeFaults(parameters))
    faults.push(documentFault(document, 'PLM1302', [...schemaPath, ...path], message));
  return {
    ...blankPolicy(document),
    ...said,
    title: said.title ?? annotations['metadata.gatekeeper.sh/title'] ?? null,
    description: said.description ?? annotations['description'] ?? null,
    ...sourceFields(document, spec, faults),
    needsBinding: 'everywhere',
    complete: (binding) => completed(binding, kind, parameters),
    engine: 'gatekeeper',
    dialect,
    problems: faults,
  };
}

function templateFaults(document: PolicyDocument, { crd, targets }: TemplateSpec, name: string): readonly Problem[] {
  const faults: Problem[] = [];
  const { kind } = crd.spec.names;
  if (name !== kind.toLowerCase()) {
    const message = `"${name}" is not the kind ${kind} in lower case`;
    faults.push(documentFault(document, 'PLM1302', ['metadata', 'name'], message));
  }
  if (targets[0]?.target !== target) {
    const message = `"${targets[0]?.target ?? ''}" is no target; there is ${target}`;
    faults.push(documentFault(document, 'PLM1302', ['spec', 'targets', 0, 'target'], message));
  }
  return faults;
}

/** The expressions of the CEL engine's source; a template that has none is a fault at the engine that it has. */
function sourceFields(document: PolicyDocument, { targets }: TemplateSpec, faults: Problem[]): Partial<Policy> {
  const code = targets[0]?.code ?? [];
  const index = code.findIndex((one) => one.engine === engine);
  const found = code[index];
  if (found === undefined) {
    faults.push(engineFault(document, targets));
    return {};
  }
  const path: FieldPath = [...codePath, index, 'source'];
  const reading = readStrictly(document, celSourceSchema, path);
  faults.push(...reading.faults);
  if (reading.value === null) return {};
  const { validations, failurePolicy, matchCondition, variables } = reading.value;
  if (validations.length === 0)
    faults.push(documentFault(document, 'PLM1302', [...path, 'validations'], 'needs at least one validation'));
  reservedNames(document, [...path, 'variables'], variables, faults);
  reservedNames(document, [...path, 'matchCondition'], matchCondition, faults, []);
  return {
    variables: [...given, ...expressionsAt([...path, 'variables'], variables)],
    matchConditions: expressionsAt([...path, 'matchCondition'], matchCondition),
    validations: validations.map(({ expression, message, messageExpression }, at) => ({
      expression,
      message: message === undefined || message === '' ? null : message,
      messageExpression: messageExpression === undefined || messageExpression === '' ? null : messageExpression,
      path: [...path, 'validations', at],
    })),
    failurePolicy,
  };
}

function engineFault(document: PolicyDocument, targets: TemplateSpec['targets']): Problem {
  const [first] = targets;
  const other = first?.code[0]?.engine;
  const [path, name]: [FieldPath, string | null] =
    first?.rego !== undefined
      ? [['spec', 'targets', 0, 'rego'], 'Rego']
      : other !== undefined
        ? [[...codePath, 0, 'engine'], other]
        : [['spec', 'targets', 0], null];
  const message = `${name === null ? 'no engine' : `${name} alone`} is given; ${engine} is what can be evaluated`;
  return documentFault(document, 'PLM1315', path, message);
}

/** Names that Gatekeeper keeps for itself (k8scel/schema/schema.go `validateVariables`). */
function reservedNames(
  document: PolicyDocument,
  path: FieldPath,
  items: readonly { readonly name: string }[],
  faults: Problem[],
  reserved: readonly string[] = given.map(({ name }) => name),
): void {
  items.forEach(({ name }, index) => {
    if (name.startsWith('gatekeeper_internal_') || reserved.includes(name))
      faults.push(documentFault(document, 'PLM1302', [...path, index, 'name'], `"${name}" is reserved`));
  });
}

function expressionsAt(
  path: FieldPath,
  items: readonly { readonly name: string; readonly expression: string }[],
): readonly NamedExpression[] {
  return items.map(({ name, expression }, index) => ({ name, expression, path: [...path, index, 'expression'] }));
}
