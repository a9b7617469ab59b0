import type { Json, JsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { FilePlace } from '../model/resource.ts';
import type { Severity } from '../model/severity.ts';
import type { PolicyReference } from '../model/verdict.ts';
import type { Selector } from '../model/label-selector.ts';
import type { EnforcementStep } from './enforcement.ts';
import type { Dialect } from './evaluate/dialect.ts';
import type { Desired } from './desired/desired-state.ts';
import type { Narrowing } from './match/narrowing.ts';

/** Which requests a rule names: Kubernetes' RuleWithOperations, and resourceNames. `*` is a wildcard. */
export interface Rule {
  /** As the API has it: `''` is core. */
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  /** `pods`, `pods/status`, `pods/*`, `*`, or `*` with any subresource. */
  readonly resources: readonly string[];
  /** CREATE, UPDATE, DELETE, CONNECT, `*`. */
  readonly operations: readonly string[];
  readonly scope: '*' | 'Namespaced' | 'Cluster';
  /** Empty: every name. */
  readonly resourceNames: readonly string[];
}

/** What a policy or a binding is about: Kubernetes' MatchResources with the API's defaults. */
export interface MatchResources {
  /** Empty: everything (bindings). */
  readonly rules: readonly Rule[];
  readonly excludeRules: readonly Rule[];
  /** null: all. */
  readonly namespaceSelector: Selector | null;
  /** null: all. */
  readonly objectSelector: Selector | null;
  readonly matchPolicy: 'Exact' | 'Equivalent';
}

/** A named expression: a match condition or a variable. `path` is its place in the policy's document. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
  readonly path: FieldPath;
}

/** Keys and list indexes that lead to a field of a document. */
export type FieldPath = readonly (string | number)[];

/** One validation of a policy. */
export interface Validation {
  readonly expression: string;
  readonly message: string | null;
  readonly messageExpression: string | null;
  readonly path: FieldPath;
}

/** A list that the expressions may read as `lookups.NAME`. */
interface Lookup {
  readonly name: string;
  /** `GROUP/RESOURCE`. */
  readonly type: string;
  /** Only those in the judged resource's namespace. */
  readonly sameNamespace: boolean;
}

/** Which variant of a standard's control a guardrail is (guardrails/README.md). */
interface Standard {
  readonly name: string;
  readonly level: string;
  readonly control: string;
  readonly since: string;
  readonly until: string | null;
  readonly overrides: readonly string[];
}

/** Where a policy came from: decides its dialect, and what it judges. */
export type Origin = 'files' | 'builtin' | 'cluster';

/** What accepts that some resources do not hold to a policy: Kyverno's PolicyException. */
export interface PolicyException {
  /** `NAMESPACE/NAME`. */
  readonly name: string;
  /** Why, as far as it says. */
  readonly reason: string;
  /** What it is about besides `conditions`, all of it; empty: everything. */
  readonly narrowing: readonly Narrowing[];
  readonly conditions: readonly NamedExpression[];
  /** What expressions read as `exceptions`; where there is any, the exception by itself exempts nothing. */
  readonly allowed: { readonly images: readonly string[]; readonly values: readonly string[] };
  /** Milliseconds since 1970; null: no end in time. */
  readonly until: number | null;
  /** True where Kyverno reports what it exempts as a pass, not as a skip. */
  readonly isReportedAsPass: boolean;
  readonly document: PolicyDocument;
}

/** One policy of whatever format, with the API's defaults, not compiled yet. */
export interface Policy {
  readonly reference: PolicyReference;
  /** Which of its document's rules it is, where these are judged one by one. */
  readonly rule: string | null;
  /**
   * Which rewriting of the policy, or of its rule, for other types it is, where one document gives several, as the tool
   * names it; null: as it is written.
   */
  readonly variant: string | null;
  /** Whose semantics: the API server's, Gatekeeper's K8sNativeValidation, or those of Kyverno's own CEL policies. */
  readonly engine: 'kubernetes' | 'gatekeeper' | 'kyverno';
  readonly origin: Origin;
  readonly title: string | null;
  readonly description: string | null;
  readonly severity: Severity;
  /** False where it names a severity that there is none of: it does not load, and {@link severity} is not its own. */
  readonly severityKnown: boolean;
  readonly categories: readonly string[];
  /** Framework → ids in it. */
  readonly frameworks: Readonly<Record<string, readonly string[]>>;
  readonly presets: readonly string[];
  readonly standard: Standard | null;
  readonly match: MatchResources;
  /** What it matches by besides, where its format has more than MatchResources. */
  readonly narrowing: readonly Narrowing[];
  readonly matchConditions: readonly NamedExpression[];
  readonly variables: readonly NamedExpression[];
  readonly validations: readonly Validation[];
  /** How objects are to be, besides what the validations ask; null: it does not say. */
  readonly desired: Desired | null;
  /** Evaluated for their faults and cost alone: a verdict at rest annotates no request. */
  readonly auditAnnotations: readonly NamedExpression[];
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly paramKind: { readonly apiVersion: string; readonly kind: string } | null;
  /** Which params, where the policy says it itself; else its bindings do. */
  readonly paramRef: ParamRef | null;
  readonly appliesTo: 'podTemplates' | null;
  readonly lookups: readonly Lookup[];
  readonly exceptions: readonly PolicyException[];
  /** What its own tool does about a violation, where the policy says it itself. Verdicts do not depend on it. */
  readonly enforcement: readonly EnforcementStep[];
  /** Why it judges nothing that is at rest, where that is as it should be; null: it judges. */
  readonly idle: string | null;
  /**
   * Where it judges nothing without a binding: a Guardrail judges everywhere, a ValidatingAdmissionPolicy from files is
   * bound to everything, and a ConstraintTemplate is nothing without constraints.
   */
  readonly needsBinding: 'nowhere' | 'in clusters' | 'everywhere';
  /**
   * Gives a binding as it is with what the policy says of its bindings (defaults of its params, faults in them); null
   * where it says nothing, and bindings hold no params themselves.
   */
  readonly complete: ((binding: Binding) => Binding) | null;
  /** The CEL of the engine that its format always has; null: that of the server, or of what people write. */
  readonly dialect: Dialect | null;
  readonly place: FilePlace | null;
  /** Why it cannot judge; a policy with problems is shown and judges nothing. */
  readonly problems: readonly Problem[];
  /** The document as written. */
  readonly document: PolicyDocument;
}

/** Which params a binding gives its policy. */
export interface ParamRef {
  readonly name: string | null;
  /** null where a name is given. */
  readonly selector: Selector | null;
  readonly namespace: string | null;
  readonly parameterNotFoundAction: 'Allow' | 'Deny';
}

/** One action of a tool, in its own words: `Deny`, `dryrun`. */
interface Enforcement {
  readonly action: string;
  /** The points at which it is taken, as the tool names them; empty: all of them. */
  readonly points: readonly string[];
}

/** Puts a policy in force: a ValidatingAdmissionPolicyBinding of whatever version, or what another tool has for it. */
export interface Binding {
  readonly source: string;
  readonly origin: Origin;
  readonly name: string;
  /** The kinds of policies that it may bind, of which `policyName` is one. */
  readonly policyKinds: readonly string[];
  readonly policyName: string;
  readonly paramRef: ParamRef | null;
  /** What `params` is, where the binding says it itself; null: what paramRef refers to. */
  readonly param: JsonObject | null;
  /** null: whatever the policy matches. */
  readonly matchResources: MatchResources | null;
  readonly narrowing: readonly Narrowing[];
  /** What its own tool does about a violation, and where: for people and exports. Verdicts do not depend on it. */
  readonly enforcement: readonly Enforcement[];
  readonly place: FilePlace | null;
  /** The document as written. */
  readonly document: PolicyDocument;
  /** Where it binds no policy at all, what is wrong with that; null: nothing. */
  readonly idle: Problem | null;
  readonly problems: readonly Problem[];
}

/** A 1-based line and column. */
interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a field's value begins in its file, or a place inside its text; null where there is no such field, or where its
 * text in the file is not that of the value line by line (folded, escaped).
 */
type Locate = (path: FieldPath, inside?: TextPlace) => TextPlace | null;

/** A document that a format may read, with the place of its fields where it came from a file. */
export interface PolicyDocument {
  /** `files`, `builtin`, or the cluster's name. */
  readonly source: string;
  readonly origin: Origin;
  readonly body: JsonObject;
  readonly place: FilePlace | null;
  /** Where a field stands in its file; null where not known. */
  readonly locate?: Locate | undefined;
}

/**
 * A document that changes policies which stand in others: an exception to some of them, a configuration of the tool that
 * enforces them. It changes those of its own source alone.
 */
export interface Amendment {
  readonly source: string;
  readonly name: string;
  /** What it says, as data: a change of it has everything judged anew that it changes. */
  readonly says: Json;
  /** Gives the policy as it is with this; the very same one where this is not about it. Policies come as they were read. */
  amend(policy: Policy): Policy;
  /** Milliseconds since 1970 from which on it changes nothing; left out: it has no end. */
  readonly until?: number;
  /** Where it changed no policy at all, what is wrong with that; null: nothing. */
  readonly idle: Problem | null;
  /** With any, it changes nothing. */
  readonly problems: readonly Problem[];
}

/** What a document, or a part of it, turned out to be. */
export type PolicyPart =
  | { readonly part: 'policy'; readonly policy: Policy }
  | { readonly part: 'binding'; readonly binding: Binding }
  | { readonly part: 'amendment'; readonly amendment: Amendment };
