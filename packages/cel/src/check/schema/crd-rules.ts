import { CompileError, type Issue, formatIssue } from '../../syntax/compile-error.ts';
import type { Environment } from '../../environment/environment.ts';
import { parse } from '../../syntax/parser.ts';
import { type Checked, check } from '../check.ts';
import { estimateCost } from '../cost/estimate.ts';
import { MOST } from '../cost/range.ts';
import { optionalOf, type Type } from '../types/type.ts';
import { type DeclaredSchema, MAX_REQUEST_BYTES, SchemaReader } from './declared-schema.ts';
import type { OpenApiSchema, ValidationRule } from './open-api-schema.ts';
import { typeOfDeclared } from './schema-type.ts';

/** Most that one rule may cost (apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go). */
const RULE_LIMIT = 10_000_000;
/** Most that all rules of one version's schema may cost. */
const SCHEMA_LIMIT = 100_000_000;

/** A rule that the API server refuses. */
export interface RuleFault {
  /** `openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule`. */
  readonly path: string;
  /** As the API server says it. */
  readonly message: string;
  /** What may have been meant: `did you mean 'self.containers'?`; empty where nothing is near. */
  readonly hint: string;
}

/** An expression that is refused. */
interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** A schema inside the schema of a CRD. */
interface Place {
  readonly schema: OpenApiSchema;
  readonly declared: DeclaredSchema;
  readonly path: string;
  /** How often it stands in one object at most; null where nothing bounds that. */
  readonly cardinality: bigint | null;
  /** The list around it whose elements have no identity; null where there is none. */
  readonly uncorrelated: string | null;
}

interface RuleCost {
  readonly path: string;
  readonly cost: bigint;
}

/**
 * The rules of a CRD's schema that the API server refuses, with its reasons: what does not compile, is no bool, reads
 * oldSelf where there is none, or is estimated to cost too much, alone or all together. `root` begins the paths
 * (apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go).
 */
export function checkRules(
  schema: OpenApiSchema,
  environment: Environment,
  root = 'openAPIV3Schema',
): readonly RuleFault[] {
  const declared = new SchemaReader().read(schema, true);
  if (declared === null) return [];
  const faults: RuleFault[] = [];
  const costs: RuleCost[] = [];
  visit({ schema, declared, path: root, cardinality: 1n, uncorrelated: null }, (place) => {
    for (const [i, rule] of (place.schema['x-kubernetes-validations'] ?? []).entries())
      checkRule(place, rule, `${place.path}.x-kubernetes-validations[${i}]`, environment, faults, costs);
  });
  return [...faults, ...faultsOfTotal(costs, root)];
}

function visit(place: Place, each: (place: Place) => void): void {
  const { schema, declared, path } = place;
  const inner = (part: OpenApiSchema, at: DeclaredSchema | null | undefined, name: string, own = place): void => {
    if (at !== null && at !== undefined)
      visit({ ...own, schema: part, declared: at, path: `${path}.${name}`, cardinality: within(place) }, each);
  };
  const alone = { ...place, uncorrelated: place.uncorrelated ?? path };
  if (declared.fields !== null)
    for (const [name, property] of Object.entries(schema.properties ?? {}))
      inner(property, readPart(property), `properties[${name}]`);
  if (typeof schema.additionalProperties === 'object')
    inner(schema.additionalProperties, declared.element, 'additionalProperties');
  if (schema.items !== undefined)
    inner(schema.items, declared.element, 'items', schema['x-kubernetes-list-type'] === 'map' ? place : alone);
  each(place);
}

function readPart(schema: OpenApiSchema): DeclaredSchema | null {
  return new SchemaReader().read(schema, schema['x-kubernetes-embedded-resource'] === true);
}

/** How often a part of a schema stands in one object at most. */
function within({ schema, cardinality }: Place): bigint | null {
  if (cardinality === null) return null;
  const most =
    schema.type === 'array'
      ? schema.maxItems
      : schema.type === 'object' && schema.additionalProperties !== undefined
        ? schema.maxProperties
        : 1;
  return most === undefined ? null : product(cardinality, BigInt(Math.max(0, most)));
}

function product(a: bigint, b: bigint): bigint {
  const exact = a * b;
  return exact > MOST ? MOST : exact;
}

function checkRule(
  place: Place,
  rule: ValidationRule,
  path: string,
  environment: Environment,
  faults: RuleFault[],
  costs: RuleCost[],
): void {
  if (rule.rule.trim() === '') {
    faults.push({ path: `${path}.rule`, message: 'rule is not specified', hint: '' });
    return;
  }
  const type = typeOfDeclared(place.declared, 'self');
  const own = ruleEnvironment(environment, type, rule.optionalOldSelf === true);
  const checked = compiled(rule.rule, own, 'bool', 'cel expression must evaluate to a bool', 'compilation');
  if ('message' in checked) {
    faults.push({ path: `${path}.rule`, ...checked });
    return;
  }
  const schemas = new Map([
    ['self', place.declared],
    ['oldSelf', place.declared],
  ]);
  const each = estimateCost(checked, schemas).max;
  const times = place.cardinality ?? BigInt(Math.floor(MAX_REQUEST_BYTES / (place.declared.minSize + 1)));
  const cost = product(each, times);
  pushCost(faults, costs, `${path}.rule`, 'estimated rule cost', cost);
  if (rule.messageExpression !== undefined && rule.messageExpression !== '') {
    const wrong = 'messageExpression must evaluate to a string';
    const message = compiled(rule.messageExpression, own, 'string', wrong, 'messageExpression compilation');
    const at = `${path}.messageExpression`;
    if ('message' in message) faults.push({ path: at, ...message });
    else pushCost(faults, costs, at, 'estimated messageExpression cost', estimateCost(message, schemas).max);
  }
  const old = oldSelfFault(checked, rule, place, path);
  if (old !== null) faults.push(old);
}

function oldSelfFault(checked: Checked, rule: ValidationRule, place: Place, path: string): RuleFault | null {
  const used = [...checked.references.values()].some(({ name }) => name === 'oldSelf');
  if (used && place.uncorrelated !== null)
    return {
      path: `${path}.rule`,
      message: `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`,
      hint: '',
    };
  return !used && rule.optionalOldSelf !== undefined
    ? { path: `${path}.optionalOldSelf`, message: 'may not be set if oldSelf is not used in rule', hint: '' }
    : null;
}

function ruleEnvironment(environment: Environment, self: Type, optionalOldSelf: boolean): Environment {
  const variables = new Map([
    ['self', self],
    ['oldSelf', optionalOldSelf ? optionalOf(self) : self],
  ]);
  return environment.withVariables(['self', 'oldSelf']).withTyping({ variables });
}

/** The checked expression, or why it is refused. */
function compiled(
  source: string,
  environment: Environment,
  wanted: Type['kind'],
  wrong: string,
  what: string,
): Checked | Refusal {
  try {
    const checked = check(parse(source), environment);
    const [first] = checked.issues;
    if (first !== undefined) return refusal(source, what, checked.issues, first.hint ?? '');
    return checked.outputType.kind === wanted ? checked : { message: wrong, hint: '' };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return refusal(source, what, error.issues, '');
  }
}

function refusal(source: string, what: string, issues: readonly Issue[], hint: string): Refusal {
  const planned = issues.find(({ message }) => message.startsWith('program instantiation failed'));
  if (planned !== undefined) return { message: planned.message, hint };
  const shown = issues.map(({ message, position }) => formatIssue(source, { message, position }));
  return { message: `${what} failed: ${shown.join('\n')}`, hint };
}

function pushCost(faults: RuleFault[], costs: RuleCost[], path: string, name: string, cost: bigint): void {
  if (cost > RULE_LIMIT) faults.push({ path, message: exceeds(name, cost, RULE_LIMIT), hint: '' });
  costs.push({ path, cost });
}

function faultsOfTotal(costs: readonly RuleCost[], root: string): readonly RuleFault[] {
  const sum = costs.reduce((total, { cost }) => total + cost, 0n);
  const total = sum > MOST ? MOST : sum;
  if (total <= SCHEMA_LIMIT) return [];
  const expensive = costs
    .filter(({ cost }) => cost >= SCHEMA_LIMIT / 100)
    .toSorted((a, b) => Number(b.cost - a.cost))
    .slice(0, 4);
  const message = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
  const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  return [
    ...expensive.map(({ path }) => ({ path, message, hint: '' })),
    { path: root, message: exceeds(name, total, SCHEMA_LIMIT), hint: '' },
  ];
}

function exceeds(name: string, cost: bigint, limit: number): string {
  const factor = Number(cost) / limit;
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${name} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
