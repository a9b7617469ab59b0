import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { Metrics, metricsReference, type MetricsSample } from './metrics.ts';

const sample: MetricsSample = {
  resources: 3,
  openFindings: 2,
  streamClients: 1,
  evaluations: new Map([
    ['pass', 5],
    ['fail', 2],
  ]),
  coverage: [{ source: 'a"b\\c', state: 'live', rows: 4 }],
  readers: [{ reader: 'guardrails', behind: 7 }],
  store: { file: 4096, wal: 10, free: 0 },
  configuration: { inForce: false, since: 1500 },
};
const open = (given: MetricsSample = sample) => new Metrics('1.2.3', async () => given);
const ours = async () => (await open().described()).filter(({ name }) => name.startsWith('plimsoll_'));

describe('the metrics', () => {
  test('are documented as they are (vitest -u writes docs/metrics.md)', async () => {
    const text = await format(metricsReference(await ours()), { parser: 'markdown', printWidth: 120 });
    await expect(text).toMatchFileSnapshot('../../../../docs/metrics.md');
  });

  test('have the names that Prometheus wants: counters end in _total, and only they; units are base units', async () => {
    const odd = (await ours()).filter(
      ({ name, type, help }) =>
        (type === 'counter') !== name.endsWith('_total') ||
        /_(milli|micro|kilo|mega|minutes|hours)/.test(name) ||
        !/^[a-z][a-z_]+[a-z]$/.test(name) ||
        !help.endsWith('.'),
    );
    expect(odd).toEqual([]);
  });

  test('say what is, and what happened, and labels are escaped', async () => {
    const metrics = open();
    metrics.answered({ method: 'GET', route: '/v1/findings', status: 200, milliseconds: 20 });
    metrics.answered({ method: 'GET', route: null, status: 404, milliseconds: 1 });
    metrics.answered({ method: 'GET', route: '/v1/stream', status: 200, milliseconds: 3_600_000 });
    metrics.changed('prod', 40);
    metrics.problem('PLM1106');
    metrics.watchRestarted('prod', 'silent');
    metrics.reloaded('refused');
    const lines = (await metrics.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'plimsoll_api_requests_total{route="/v1/findings",method="GET",status="200"} 1',
        'plimsoll_api_requests_total{route="(none)",method="GET",status="404"} 1',
        'plimsoll_api_request_duration_seconds_bucket{le="0.025",route="/v1/findings"} 1',
        'plimsoll_source_lag_seconds_bucket{le="0.05",source="prod"} 1',
        'plimsoll_errors_total{code="PLM1106"} 1',
        'plimsoll_watch_restarts_total{source="prod",reason="silent"} 1',
        'plimsoll_configuration_reloads_total{result="refused"} 1',
        'plimsoll_configuration_last_reload_successful 0',
        'plimsoll_configuration_last_reload_success_timestamp_seconds 1.5',
        'plimsoll_evaluations_total{outcome="fail"} 2',
        String.raw`plimsoll_coverage_rows{source="a\"b\\c",state="live"} 4`,
        'plimsoll_reader_lag_events{reader="guardrails"} 7',
        'plimsoll_resources 3',
        'plimsoll_open_findings 2',
        'plimsoll_stream_clients 1',
        'plimsoll_store_bytes{part="wal"} 10',
      ]),
    );
    expect(lines.filter((line) => /duration_seconds_count.*stream/.test(line))).toEqual([]);
  });

  test('forget a state that no row has any more, and have no bytes for a store in memory', async () => {
    let now: MetricsSample = sample;
    const metrics = new Metrics('1', async () => now);
    await metrics.text();
    now = { ...sample, coverage: [{ source: 'x', state: 'stale', rows: 1 }], store: null };
    const rows = (await metrics.text())
      .split('\n')
      .filter((line) => /^plimsoll_(coverage_rows|store_bytes)\{/.test(line));
    expect(rows).toEqual(['plimsoll_coverage_rows{source="x",state="stale"} 1']);
  });
});
