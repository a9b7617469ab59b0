import type { JsonObject } from '../../../model/json.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { Problem } from '../../../model/problem.ts';
import { inNamespace } from '../../match/in-namespace.ts';
import type { FieldPath, Policy, PolicyDocument, PolicyPart } from '../../policy.ts';
import { replacedByKyverno } from '../../policy-content.ts';
import { documentFault } from '../document-faults.ts';
import type { Format } from '../format.ts';
import { kyvernoMatching } from '../kyverno-matching/rule-matching.ts';
import { type MatchSpec, matchSchema } from '../kyverno-matching/schema.ts';
import { annotated, blankPolicy, brokenPolicy, paramRefOf, readStrictly } from '../policy-reading.ts';
import { type Rewriting, autogenControllers, rewritings, rewrittenName, rewrittenText } from './autogen.ts';
import { type CelRule, celRuleSchema, clusterPolicySchema } from './schema.ts';

const group = 'kyverno.io';
const versions = ['v1', 'v2beta1'];

/** The rules of Kyverno's older policies that validate in CEL (kyverno api/kyverno/v1); each is judged by itself. */
export const kyvernoClusterPolicyFormat: Format = {
  id: 'Kyverno ClusterPolicy',
  kinds: [
    { group, versions, kind: 'ClusterPolicy' },
    { group, versions, kind: 'Policy' },
  ],
  read: (document) => readRules(document).map((policy): PolicyPart => ({ part: 'policy', policy })),
};

/** What is the same of all rules of one document. */
interface Frame {
  readonly document: PolicyDocument;
  readonly policy: Policy;
  readonly controllers: readonly string[];
}

function readRules(document: PolicyDocument): readonly Policy[] {
  const reading = readStrictly(document, clusterPolicySchema);
  if (reading.value === null) return [brokenPolicy(document, reading.faults)];
  const { kind, metadata, spec } = reading.value;
  const faults: Problem[] = [...reading.faults];
  const blank = blankPolicy(document);
  // A policy of one namespace that names none is in `default`, as kubectl has it.
  const namespace = kind === 'Policy' ? (blank.reference.namespace ?? 'default') : null;
  const policy: Policy = {
    ...blank,
    reference: { ...blank.reference, namespace },
    ...annotated(document, metadata, faults),
    narrowing: namespace === null ? [] : [inNamespace(namespace)],
    idle: document.origin === 'cluster' ? idleness(replacedByKyverno(document.body['status']), spec.background) : null,
  };
  const annotation = metadata.annotations?.['pod-policies.kyverno.io/autogen-controllers'];
  const frame = { document, policy, controllers: autogenControllers(spec.rules.map(matchOf), annotation) };
  const [first = [], ...rest] = spec.rules.map((rule, index) => readRule(frame, rule, index));
  // What is wrong with the document as a whole is said once.
  return [...first.map((one) => ({ ...one, problems: [...faults, ...one.problems] })), ...rest.flat()];
}

function idleness(isGenerated: boolean, background: boolean | undefined): string | null {
  if (isGenerated) return 'Kyverno made a ValidatingAdmissionPolicy of it, which judges in its place';
  return background === false ? 'background is off: Kyverno judges by it at admission alone' : null;
}

/** What a rule is about, as far as it can be read: also rules that are not judged decide about autogen. */
function matchOf(rule: JsonObject): { readonly match: MatchSpec; readonly exclude: MatchSpec | null } {
  const read = (field: 'match' | 'exclude'): MatchSpec | null => matchSchema.safeParse(rule[field]).data ?? null;
  return { match: read('match') ?? {}, exclude: read('exclude') };
}

/** Fields of a rule, and of its `validate`, that make it another kind of rule. */
const otherRules = ['mutate', 'generate', 'verifyImages'] as const;
const otherValidations = ['pattern', 'anyPattern', 'deny', 'foreach', 'podSecurity', 'manifests', 'assert'] as const;

function readRule(frame: Frame, rule: JsonObject, index: number): readonly Policy[] {
  const { document } = frame;
  const path = ['spec', 'rules', index];
  const name = typeof rule['name'] === 'string' ? rule['name'] : `rule ${index}`;
  const shell = { ...frame.policy, rule: name };
  const other = otherKind(rule);
  if (other !== null) {
    const message = `rule "${name}" is not read; rules that validate in CEL are`;
    return [{ ...shell, problems: [documentFault(document, 'PLM1305', [...path, ...other], message)] }];
  }
  const reading = readStrictly(document, celRuleSchema, path);
  if (reading.value === null) return [{ ...shell, problems: reading.faults }];
  const faults: Problem[] = [...reading.faults];
  const policy = policyOf(frame, shell, reading.value, path, faults);
  if (faults.length > 0) return [{ ...policy, problems: faults }];
  return [policy, ...variantsOf(frame, policy, reading.value)];
}

function otherKind(rule: JsonObject): FieldPath | null {
  const found = otherRules.find((field) => rule[field] !== undefined);
  if (found !== undefined) return [found];
  const validate = rule['validate'];
  if (!isJsonObject(validate)) return null;
  const inside = otherValidations.find((field) => validate[field] !== undefined);
  return inside === undefined ? null : ['validate', inside];
}

function policyOf(frame: Frame, shell: Policy, rule: CelRule, path: FieldPath, faults: Problem[]): Policy {
  const { document } = frame;
  const { cel, message } = rule.validate;
  const at = [...path, 'validate', 'cel'];
  for (const field of ['context', 'preconditions'] as const)
    if (rule[field] !== undefined)
      faults.push(documentFault(document, 'PLM1305', [...path, field], 'is not read beside CEL; use celPreconditions'));
  if (cel.expressions.length === 0 && cel.auditAnnotations.length === 0)
    faults.push(documentFault(document, 'PLM1302', [...at, 'expressions'], 'needs at least one expression'));
  if ((cel.paramKind === undefined) !== (cel.paramRef === undefined))
    faults.push(documentFault(document, 'PLM1302', at, 'paramKind and paramRef belong together'));
  const matching = kyvernoMatching(
    { match: rule.match, exclude: rule.exclude ?? null, isRule: true },
    (field, text) => void faults.push(documentFault(document, 'PLM1302', [...path, ...field], text)),
  );
  const text = (given: string | undefined): string | null => (given === undefined || given === '' ? null : given);
  return {
    ...shell,
    narrowing: [...shell.narrowing, matching],
    matchConditions: rule.celPreconditions.map(({ name, expression }, index) => ({
      name,
      expression,
      path: [...path, 'celPreconditions', index, 'expression'],
    })),
    variables: cel.variables.map(({ name, expression }, index) => ({
      name,
      expression,
      path: [...at, 'variables', index, 'expression'],
    })),
    validations: cel.expressions.map((one, index) => ({
      expression: one.expression,
      message: text(one.message) ?? text(message),
      messageExpression: text(one.messageExpression),
      path: [...at, 'expressions', index],
    })),
    auditAnnotations: cel.auditAnnotations.map(({ key, valueExpression }, index) => ({
      name: key,
      expression: valueExpression,
      path: [...at, 'auditAnnotations', index, 'valueExpression'],
    })),
    // Kyverno gives the API server's validator none, which is Fail (pkg/engine/handlers/validation/validate_cel.go).
    failurePolicy: 'Fail',
    paramKind: cel.paramKind ?? null,
    paramRef: cel.paramRef === undefined ? null : paramRefOf(document, [...at, 'paramRef'], cel.paramRef, faults),
  };
}

/** The rule for pod controllers, which are asked about nothing but that. */
function variantsOf({ controllers }: Frame, policy: Policy, rule: CelRule): readonly Policy[] {
  const about = { match: rule.match, exclude: rule.exclude ?? null };
  return rewritings(about, controllers).map((rewriting) => rewritten(policy, rule.name, rewriting));
}

function rewritten(policy: Policy, rule: string, rewriting: Rewriting): Policy {
  const { match, exclude, kinds } = rewriting;
  const text = (source: string): string => rewrittenText(source, rewriting);
  const texts = <T extends { readonly expression: string }>(list: readonly T[]): T[] =>
    list.map((one) => ({ ...one, expression: text(one.expression) }));
  const nothing = () => undefined;
  const only = kyvernoMatching({ match: { resources: { kinds: [...kinds] } }, exclude: null, isRule: true }, nothing);
  const own = policy.narrowing.slice(0, -1);
  return {
    ...policy,
    variant: rewrittenName(rewriting, rule),
    narrowing: [...own, only, kyvernoMatching({ match, exclude, isRule: true }, nothing)],
    matchConditions: texts(policy.matchConditions),
    variables: texts(policy.variables),
    validations: policy.validations.map((one) => ({
      ...one,
      expression: text(one.expression),
      message: one.message === null ? null : text(one.message),
      messageExpression: one.messageExpression === null ? null : text(one.messageExpression),
    })),
    auditAnnotations: texts(policy.auditAnnotations),
  };
}
