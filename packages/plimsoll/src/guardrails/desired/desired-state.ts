import type { Value } from '@plimsoll/cel';
import type { JsonObject } from '../../model/json.ts';
import type { FieldStep } from '../../model/field-path.ts';
import type { FieldPath, Policy } from '../policy.ts';
import { type Complaint, compileDesired } from './compile-desired.ts';
import type { Comparison } from './comparison.ts';
import { type Difference, Hunt, Place } from './difference.ts';
import { typeOfKind, typesOfResource } from './kubernetes-fields.ts';
import { memberOf } from './values.ts';

/** What a policy wants objects to be, as it was written. */
export interface Desired {
  readonly body: JsonObject;
  /** Where it stands in the policy's document. */
  readonly path: FieldPath;
  /** Paths of objects that are let be. */
  readonly ignore: readonly (readonly FieldStep[])[];
}

/** What came of holding an object to what is wanted of it. */
interface Held {
  readonly differences: readonly Difference[];
  /** Why it is not known of something; null: all is known. */
  readonly unknown: string | null;
}

/** What names the object rather than saying how it is to be. */
const naming = new Set(['apiVersion', 'kind']);
const SECRET = 'api.core.v1.Secret';
const POD = 'api.core.v1.Pod';

/** A desired state, compiled: objects hold to it where applying it as a strategic merge patch would change nothing. */
export class DesiredState {
  /** The parts of an object that are compared, and what they hang on. */
  readonly parts: readonly (readonly string[])[];
  readonly #desired: Desired;
  readonly #comparisons: Map<string | null, Comparison>;

  private constructor(desired: Desired, comparisons: Map<string | null, Comparison>) {
    this.#desired = desired;
    this.#comparisons = comparisons;
    const { metadata, ...others } = desired.body;
    const named = Object.keys(others).filter((name) => !naming.has(name));
    const ofMetadata = typeof metadata === 'object' && metadata !== null ? Object.keys(metadata) : [];
    this.parts = [
      ...[...naming, ...named].map((name) => [name]),
      ...ofMetadata.filter((name) => name !== '$patch').map((name) => ['metadata', name]),
    ];
  }

  /** Compiles what a policy wants, for each type of Kubernetes' own that its rules name; faults are complained of. */
  static compile(desired: Desired, { match, appliesTo }: Policy, complain: Complaint): DesiredState {
    const comparisons = new Map<string | null, Comparison>();
    const said = new Set<string>();
    const once: Complaint = (path, message, unknownField) => {
      const text = JSON.stringify([path, message]);
      if (said.has(text)) return;
      said.add(text);
      complain(path, message, unknownField);
    };
    const { apiVersion, kind } = desired.body;
    const own = typeof apiVersion === 'string' && typeof kind === 'string' ? typeOfKind(apiVersion, kind) : null;
    const types =
      own !== null
        ? [own]
        : appliesTo === null
          ? match.rules.flatMap(({ apiGroups, apiVersions, resources }) =>
              apiGroups.flatMap((group) => resources.flatMap((one) => typesOfResource(group, apiVersions, one))),
            )
          : [POD];
    const state = new DesiredState(desired, comparisons);
    for (const type of types) comparisons.set(type, state.#compiled(type, once));
    if (types.length === 0) comparisons.set(null, state.#compiled(null, once));
    return state;
  }

  #compiled(type: string | null, complain: Complaint): Comparison {
    const { body, path, ignore } = this.#desired;
    const wanted = Object.fromEntries(Object.entries(body).filter(([name]) => !naming.has(name)));
    return compileDesired(wanted, type, { path, ignore }, complain);
  }

  /** True where an object is as it is wanted; false where it is not, or that is not known. */
  holds(object: Value): boolean {
    return this.#comparisonFor(typeOf(object))(object, undefined, null, null);
  }

  /** All that is not as it is wanted; its paths are below `prefix` where the object is a template's pod. */
  differences(object: Value, prefix: string): Held {
    const type = typeOf(object);
    const hunt = new Hunt((path) => type === SECRET && /^(?:data|stringData)\b/.test(path));
    this.#comparisonFor(type)(object, undefined, hunt, new Place(prefix, prefix));
    return hunt;
  }

  #comparisonFor(type: string | null): Comparison {
    let found = this.#comparisons.get(type);
    if (found === undefined) this.#comparisons.set(type, (found = this.#compiled(type, () => undefined)));
    return found;
  }
}

function typeOf(object: Value): string | null {
  const [apiVersion, kind] = [memberOf(object, 'apiVersion'), memberOf(object, 'kind')];
  return typeof apiVersion === 'string' && typeof kind === 'string' ? typeOfKind(apiVersion, kind) : null;
}
