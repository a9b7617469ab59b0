import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted elsewhere, as of now. */
export interface MetricsSample {
  readonly resources: number;
  readonly openFindings: number;
  readonly streamClients: number;
  /** How often something was judged, by what came of it. */
  readonly evaluations: ReadonlyMap<string, number>;
  /** Rows of coverage by source and state. */
  readonly coverage: readonly { readonly source: string; readonly state: string; readonly rows: number }[];
  /** Events of the log that each reader has not come to. */
  readonly readers: readonly { readonly reader: string; readonly behind: number }[];
  /** Bytes on disk; null for a store in memory. */
  readonly store: { readonly file: number; readonly wal: number; readonly free: number } | null;
  /** Whether what the configuration's files say is in force, and since when that is; milliseconds since 1970. */
  readonly configuration: { readonly inForce: boolean; readonly since: number };
}

/** A request as it was answered. */
export interface Answered {
  readonly method: string;
  /** The pattern of the path, of which there are few; null for a path that there is none of. */
  readonly route: string | null;
  readonly status: number;
  readonly milliseconds: number;
}

const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The metrics of a process, in the names and units of https://prometheus.io/docs/practices/naming/; docs/metrics.md lists
 * them. What happens is counted as it does; what merely is, is sampled when it is asked for.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #sample: () => Promise<MetricsSample>;
  readonly #requests = this.#counter('api_requests_total', 'Requests answered.', ['route', 'method', 'status']);
  readonly #durations = new Histogram({
    name: 'plimsoll_api_request_duration_seconds',
    help: 'Time to answer a request, but for /v1/stream.',
    labelNames: ['route'],
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #lag = new Histogram({
    name: 'plimsoll_source_lag_seconds',
    help: 'Time from the observation of a change until it is durable, judged and told.',
    labelNames: ['source'],
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #errors = this.#counter(
    'errors_total',
    'Problems told and reasons why something is not seen, by their code (docs/errors.md).',
    ['code'],
  );
  readonly #restarts = this.#counter('watch_restarts_total', 'Watches of a cluster begun anew, by why.', [
    'source',
    'reason',
  ]);
  readonly #reloads = this.#counter('configuration_reloads_total', 'Changed configurations, taken over or refused.', [
    'result',
  ]);
  readonly #evaluations = this.#counter('evaluations_total', 'Resources judged by a guardrail, by outcome.', [
    'outcome',
  ]);
  readonly #coverage = this.#gauge('coverage_rows', 'Types (in a scope) of a source, by how well they are seen.', [
    'source',
    'state',
  ]);
  readonly #readers = this.#gauge('reader_lag_events', 'Events of the change log that a reader has not come to.', [
    'reader',
  ]);
  readonly #resources = this.#gauge('resources', 'Resources in the inventory.', []);
  readonly #findings = this.#gauge('open_findings', 'Findings that stand.', []);
  readonly #streams = this.#gauge('stream_clients', 'Readers of /v1/stream.', []);
  readonly #store = this.#gauge(
    'store_bytes',
    'What the store takes on disk: file, wal (not yet in it), free (in it).',
    ['part'],
  );
  readonly #inForce = this.#gauge(
    'configuration_last_reload_successful',
    'Whether what the files say is in force (1), or what they said before (0).',
    [],
  );
  readonly #inForceSince = this.#gauge(
    'configuration_last_reload_success_timestamp_seconds',
    'When what is in force was taken over.',
    [],
  );

  constructor(version: string, sample: () => Promise<MetricsSample>) {
    this.#sample = sample;
    this.#gauge('build_info', 'Which Plimsoll this is, on which Node.js.', ['version', 'node']).set(
      { version, node: process.versions.node },
      1,
    );
    collectDefaultMetrics({ register: this.#registry });
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name: `plimsoll_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name: `plimsoll_${name}`, help, labelNames, registers: [this.#registry] });
  }

  answered({ method, route, status, milliseconds }: Answered): void {
    const path = route ?? '(none)';
    this.#requests.inc({ route: path, method, status });
    if (path !== '/v1/stream') this.#durations.observe({ route: path }, milliseconds / 1000);
  }

  /** A change of a source was told so long after it was observed. */
  changed(source: string, milliseconds: number): void {
    this.#lag.observe({ source }, Math.max(0, milliseconds) / 1000);
  }

  problem(code: string): void {
    this.#errors.inc({ code });
  }

  watchRestarted(source: string, reason: string): void {
    this.#restarts.inc({ source, reason });
  }

  reloaded(result: 'taken over' | 'refused'): void {
    this.#reloads.inc({ result });
  }

  /** The type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics, in Prometheus' text format. */
  async text(): Promise<string> {
    const sample = await this.#sample();
    this.#resources.set(sample.resources);
    this.#findings.set(sample.openFindings);
    this.#streams.set(sample.streamClients);
    this.#inForce.set(sample.configuration.inForce ? 1 : 0);
    this.#inForceSince.set(sample.configuration.since / 1000);
    for (const gauge of [this.#coverage, this.#readers, this.#store]) gauge.reset();
    for (const { source, state, rows } of sample.coverage) this.#coverage.set({ source, state }, rows);
    for (const { reader, behind } of sample.readers) this.#readers.set({ reader }, behind);
    for (const [part, bytes] of Object.entries(sample.store ?? {})) this.#store.set({ part }, bytes);
    this.#evaluations.reset();
    for (const [outcome, count] of sample.evaluations) this.#evaluations.inc({ outcome }, count);
    return await this.#registry.metrics();
  }

  /** Name, type and meaning of each, for docs/metrics.md. */
  async described(): Promise<readonly { readonly name: string; readonly type: string; readonly help: string }[]> {
    const all = await this.#registry.getMetricsAsJSON();
    return all.map(({ name, type, help }) => ({ name, type: String(type), help }));
  }
}

/** docs/metrics.md, made from the metrics that there are. */
export function metricsReference(
  metrics: readonly { readonly name: string; readonly type: string; readonly help: string }[],
): string {
  return [
    '# Metrics',
    '',
    '`/metrics` of a running `plimsoll up`, in Prometheus’ text format; it asks for a token where the API does. Besides these',
    'there are the usual `process_*` and `nodejs_*` metrics, among them memory (`process_resident_memory_bytes`) and the event',
    'loop’s delay (`nodejs_eventloop_lag_p99_seconds`). Made from `packages/plimsoll/src/server/metrics.ts`; a test holds it to',
    'that.',
    '',
    '| metric | type | |',
    '| --- | --- | --- |',
    ...metrics.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`),
    '',
    'Worth an alert: `plimsoll_configuration_last_reload_successful == 0`,',
    '`sum by (source) (plimsoll_coverage_rows{state=~"stale|down|forbidden"}) > 0`, `plimsoll_reader_lag_events > 10000`, and',
    '`increase(plimsoll_errors_total{code="PLM1505"}[10m]) > 0` (the store cannot be written).',
    '',
  ].join('\n');
}
