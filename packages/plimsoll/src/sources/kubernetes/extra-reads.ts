import { pause } from '../../model/clock.ts';
import type { Json } from '../../model/json.ts';
import type { FormNeed, Needs } from '../../model/needs.ts';
import { noNeeds } from '../../model/needs.ts';
import type { Observation } from '../../model/observation.ts';
import type { Form, Resource } from '../../model/resource.ts';
import type { CoverageBoard } from './coverage-board.ts';
import { conversionOf, isConvertedByName } from './crd-conversion.ts';
import { ApiFailure, failureMeanings, reasonOf } from './failure.ts';
import { OtherVersions, readForm } from './other-versions.ts';
import type { Outlet } from './outlet.ts';
import { backoff } from './pace.ts';
import type { Tuning } from './pace.ts';
import type { Surroundings } from './surroundings.ts';
import type { Target } from './target.ts';
import type { Transport } from './transport.ts';
import { UnreadParts } from './unread-parts.ts';
import { configMaps, readConfigMap, WholeConfigMaps } from './whole-configmaps.ts';

/** How often one small read is tried before its resource is handed on without it. */
const TRIES = 3;

/** What extra reads use of their session. */
interface Desk extends Pick<Surroundings, 'clock' | 'random'> {
  readonly source: string;
  readonly transport: Transport;
  readonly outlet: Outlet;
  readonly board: CoverageBoard;
  readonly tuning: Tuning;
}

/**
 * What is read of objects beyond what lists and watches give, because guardrails need it ({@link Needs}): whole
 * ConfigMaps and other versions. It is part of the resource before that is handed on, so nobody sees one without it.
 * What cannot be read is told of by {@link ExtraReads.unread}.
 */
export class ExtraReads {
  readonly #desk: Desk;
  /** What of all this could not be read. */
  readonly unread: UnreadParts;
  /** By type: whether its versions differ by name alone, so that none has to be read. */
  readonly #byName = new Map<string, boolean>();
  #needs: Needs = noNeeds;
  #whole = new WholeConfigMaps([]);
  #forms = new OtherVersions([]);

  constructor(desk: Desk) {
    this.#desk = desk;
    this.unread = new UnreadParts(desk);
  }

  /** True where all ConfigMaps are needed whole. */
  get allConfigMaps(): boolean {
    return this.#whole.all;
  }

  /** What is needed from now on; gives the types of which something else is read than before. */
  need(needs: Needs): ReadonlySet<string> {
    const changed = changedTypes(this.#needs, needs);
    this.#needs = needs;
    this.#whole = new WholeConfigMaps(needs.configMaps);
    this.#forms = new OtherVersions(needs.forms);
    return changed;
  }

  /** A list of this target is about to begin: what of other versions it will need is listed first. */
  async ahead(target: Target, signal: AbortSignal): Promise<void> {
    this.unread.forget(target);
    const { source, transport } = this.#desk;
    if (target.metadataOnly || (await this.#isByName(target, signal))) return;
    for (const need of this.#forms.of(target.type))
      // What this list cannot give is asked for one by one, and fails there with its reason.
      await patiently(() => this.#forms.list(target, need, source, transport, signal), this.#desk, signal);
  }

  /** The resource with all that is needed of it. */
  complete(resource: Resource, target: Target, signal: AbortSignal): Resource | Promise<Resource> {
    if (this.#whole.has(resource)) return this.#readWhole(resource, signal);
    const needs = this.#forms.of(target.type);
    if (needs.length === 0) return resource;
    // A metadata-only type has nothing that another version could show otherwise.
    if (target.metadataOnly || this.#byName.get(target.type) === true) return renamed(resource, needs);
    const taken = needs.map((need) => this.#forms.take(resource, target, need));
    const forms = taken.filter((form) => form !== null);
    return forms.length === taken.length ? { ...resource, forms } : this.#readForms(resource, target, taken, signal);
  }

  /** A CRD was seen: gives its type where other versions of its objects are made otherwise now. */
  sawDefinition(definition: Json): string | null {
    const conversion = conversionOf(definition);
    if (conversion === null) return null;
    const before = this.#byName.get(conversion.type);
    if (before === undefined || before === conversion.byName) return null;
    this.#byName.set(conversion.type, conversion.byName);
    return conversion.type;
  }

  async #isByName({ type }: Target, signal: AbortSignal): Promise<boolean> {
    if (this.#forms.of(type).length === 0) return false;
    const known = this.#byName.get(type);
    if (known !== undefined) return known;
    const found = await isConvertedByName(type, this.#desk.transport, signal);
    this.#byName.set(type, found);
    return found;
  }

  /** The list of this target is complete: what is said of parts that could be read ends. */
  listed(target: Target): Observation[] {
    this.#forms.forget(target);
    return this.unread.listed(target);
  }

  async #readWhole(resource: Resource, signal: AbortSignal): Promise<Resource> {
    const { transport } = this.#desk;
    const read = (asking: AbortSignal) => readConfigMap(resource, transport, asking);
    const whole = await this.#read(`${configMaps}/data`, resource, read, signal);
    return whole instanceof ApiFailure ? resource : whole;
  }

  async #readForms(
    resource: Resource,
    target: Target,
    taken: readonly (Form | null)[],
    signal: AbortSignal,
  ): Promise<Resource> {
    if (await this.#isByName(target, signal)) return renamed(resource, this.#forms.of(target.type));
    const forms: Form[] = [];
    for (const [index, need] of this.#forms.of(target.type).entries()) {
      const { apiVersion, kind } = need;
      const part = `${target.type}/${apiVersion}`;
      const read = (asking: AbortSignal) => readForm(resource, target, need, this.#desk.transport, asking);
      const form = taken[index] ?? (await this.#read(part, resource, read, signal));
      forms.push(form instanceof ApiFailure ? { apiVersion, kind, body: null, unknown: reasonOf(form) } : form);
    }
    return { ...resource, forms };
  }

  /** Reads a part of a resource; what it says of the part's coverage goes out before the resource does. */
  async #read<T>(
    part: string,
    resource: Resource,
    read: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | ApiFailure> {
    const { outlet } = this.#desk;
    const found = await patiently(() => read(signal), this.#desk, signal);
    // An object that is gone has no parts; its deletion is on its way.
    const failure = found instanceof ApiFailure && found.kind !== 'missing' ? found : null;
    await outlet.send(
      failure === null
        ? this.unread.succeeded(part, resource)
        : this.unread.failed(part, resource, { failure, again: read }),
    );
    return found;
  }
}

/** The resource with forms that are itself under another apiVersion. */
function renamed(resource: Resource, needs: readonly FormNeed[]): Resource {
  const forms = needs.map(({ apiVersion, kind }) => {
    return { apiVersion, kind, body: { ...resource.body, apiVersion, kind }, unknown: null };
  });
  return { ...resource, forms };
}

/** The types of which two lists of needs ask for different things; who reads them is no difference. */
function changedTypes(before: Needs, after: Needs): ReadonlySet<string> {
  const changed = new Set<string>();
  const maps = ({ configMaps: needs }: Needs) =>
    needs.map(({ scope, name, selector }) => JSON.stringify([scope, name, selector]));
  if (differ(maps(before), maps(after))) changed.add(configMaps);
  const forms = ({ forms: needs }: Needs, type: string) =>
    needs.flatMap((need) => (need.type === type ? [need.apiVersion] : []));
  for (const { type } of [...before.forms, ...after.forms])
    if (differ(forms(before, type), forms(after, type))) changed.add(type);
  return changed;
}

function differ(before: readonly string[], after: readonly string[]): boolean {
  return before.toSorted().join('\n') !== after.toSorted().join('\n');
}

/** Tries a small read again where waiting a little may mend it; gives the failure where it does not. */
async function patiently<T>(read: () => Promise<T>, desk: Desk, signal: AbortSignal): Promise<T | ApiFailure> {
  const { tuning, clock, random } = desk;
  for (let failures = 1; ; failures += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ApiFailure) || signal.aborted) throw error;
      if (failures === TRIES || failureMeanings[error.kind].retry === 'slow') return error;
      const wait = error.retryAfter ?? backoff(failures, tuning, random());
      await pause(Math.min(wait, tuning.backoffMax), signal, clock);
    }
  }
}
