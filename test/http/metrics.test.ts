/** Metrics of a server: what is counted, that counters never fall, and that the dashboard and the scrape configuration ask for what there is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMock, type Mock } from '../../src/index.js';
import { ROOT } from '../tools/build.js';

const mocks: Mock[] = [];
afterEach(async () => {
  await Promise.all(mocks.splice(0).map((mock) => mock.close()));
});

async function start(): Promise<Mock> {
  const clock = { frozen: true, now: '2024-01-15T14:05:00Z' };
  const mock = await createMock({ profile: 'klinky', plan: 'growth', clock });
  mocks.push(mock);
  return mock;
}

const list = (mock: Pick<Mock, 'fetch'>, key = 'klinky_live_secret') =>
  mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': key } });

/** The samples by name and labels. */
async function samples(mock: Mock): Promise<Record<string, number>> {
  const lines = (await mock.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line): [string, number] => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

const ADMITTED = 'mock429_answers_total{profile="klinky",outcome="admitted",policy="",status="200"}';
const REFUSED = 'mock429_answers_total{profile="klinky",outcome="refused",policy="account-hour",status="429"}';
const REMAINING = 'mock429_quota_remaining{profile="klinky",policy="account-hour"}';
const REQUESTS = 'mock429_requests_total';

describe('metrics', () => {
  it('count admissions, refusals, waits and what is left, of all sandboxes', async () => {
    const mock = await start();
    await list(mock);
    await list(mock.sandbox('t1'));
    await list(mock.sandbox('t1'));
    expect(await samples(mock)).toMatchObject({ [ADMITTED]: 3, [REMAINING]: 98, [REQUESTS]: 3, mock429_sandboxes: 2 });
    mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    await list(mock);
    expect(await samples(mock)).toMatchObject({
      [ADMITTED]: 3,
      [REFUSED]: 1,
      [REMAINING]: 0,
      [REQUESTS]: 4,
      'mock429_told_wait_seconds_sum{profile="klinky"}': 3_300,
      'mock429_told_wait_seconds_bucket{le="900",profile="klinky"}': 0,
      'mock429_told_wait_seconds_bucket{le="3600",profile="klinky"}': 1,
      mock429_journal_rows_lost_total: 0,
    });
  });

  it('never fall: a reset, an emptied journal and a removed sandbox are counted before', async () => {
    const mock = await start();
    await samples(mock);
    await list(mock);
    mock.reset();
    await list(mock);
    mock.clearRequests();
    await list(mock.sandbox('t1'));
    await samples(mock);
    await list(mock.sandbox('t1'));
    mock.removeSandbox('t1');
    expect(await samples(mock)).toMatchObject({ [ADMITTED]: 4, [REQUESTS]: 4, mock429_journal_rows_lost_total: 0 });
  });

  it('are read for the first time after a reset, or after the journal was emptied', async () => {
    const mock = await start();
    await list(mock);
    mock.reset();
    await list(mock);
    expect(await samples(mock)).toMatchObject({ [ADMITTED]: 1, mock429_journal_rows_lost_total: 1 });
    const other = await start();
    await list(other);
    other.clearRequests();
    expect(await samples(other)).toMatchObject({ mock429_journal_rows_lost_total: 1 });
  });

  it('say what the journal had overwritten when they were first read', async () => {
    const mock = await createMock({ profile: 'klinky', journalSize: 300 });
    mocks.push(mock);
    for (let i = 0; i < 310; i++) await list(mock);
    expect(await samples(mock)).toMatchObject({
      [ADMITTED]: 300,
      [REQUESTS]: 310,
      mock429_journal_rows_lost_total: 10,
    });
  });

  it('are exact from then on, whatever the journal overwrites and whichever sandbox is gone', async () => {
    const mock = await createMock({ profile: 'klinky', journalSize: 1, plan: 'growth', clock: 'frozen' });
    mocks.push(mock);
    await samples(mock);
    for (let i = 0; i < 700; i++) await list(mock);
    for (let i = 0; i < 3; i++) await list(mock.sandbox('t1'));
    mock.removeSandbox('t1');
    mock.sandbox('t2').webhooks.add({ url: 'https://hooks.example.com/' });
    await mock.sandbox('t2').webhooks.send({ type: 'link.clicked' });
    mock.removeSandbox('t2');
    expect(await samples(mock)).toMatchObject({
      [ADMITTED]: 103,
      [REFUSED]: 600,
      [REQUESTS]: 703,
      'mock429_webhooks_total{outcome="failed"}': 1,
      'mock429_told_wait_seconds_count{profile="klinky"}': 600,
      mock429_journal_rows_lost_total: 0,
    });
  });

  it('do not count the requests of a restored snapshot again', async () => {
    const mock = await start();
    await samples(mock);
    await list(mock);
    await list(mock);
    const snapshot = mock.snapshot({ journal: true });
    mock.restore(snapshot);
    await list(mock);
    expect(await samples(mock)).toMatchObject({ [ADMITTED]: 3, [REQUESTS]: 3, mock429_journal_rows_lost_total: 0 });
  });

  it('tell findings, requests in flight and webhooks', async () => {
    const mock = await start();
    mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    for (let i = 0; i < 20; i++) await list(mock);
    mock.webhooks.add({ url: 'https://hooks.example.com/' });
    await mock.webhooks.send({ type: 'link.clicked' });
    mock.faults.add({ delayMs: 1_000 });
    mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 9 });
    const waiting = list(mock);
    while (mock.inFlight().length === 0) await new Promise(setImmediate);
    const found = await samples(mock);
    expect(found).toMatchObject({
      'mock429_requests_in_flight{profile="klinky"}': 1,
      'mock429_webhooks_total{outcome="failed"}': 1,
      'mock429_findings{profile="klinky",check="retry-too-early",severity="error"}': 19,
    });
    await mock.clock.advance('1s');
    await waiting;
    expect(await samples(mock)).toMatchObject({ 'mock429_requests_in_flight{profile="klinky"}': 0 });
  });

  it('have no credential, no path and no partition in their labels', async () => {
    const mock = await start();
    await list(mock);
    const text = await mock.metrics();
    expect(text).not.toMatch(/klinky_live|public\/links|default/);
    expect(text).toMatch(/^mock429_event_loop_lag_seconds\{stat="p99"\} /m);
  });

  it('are OpenMetrics where the client accepts that', async () => {
    const mock = await start();
    const { url, close } = await mock.listen();
    const accept = 'application/openmetrics-text; version=1.0.0; q=0.9, text/plain; q=0.5';
    const response = await fetch(`${url}/__mock429/metrics`, { headers: { accept } });
    expect(response.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(await response.text()).toMatch(/\n# EOF\n$/);
    const plain = await fetch(`${url}/__mock429/metrics`);
    expect(plain.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    // One format does not change the other, whatever was asked for before and at the same time.
    const ask = async (headers: Record<string, string>) =>
      (await (await fetch(`${url}/__mock429/metrics`, { headers })).text()).match(/^(?:# TYPE )?mock429_requests\w*/gm);
    const texts = await Promise.all([ask({ accept }), ask({}), ask({ accept }), ask({})]);
    const [typed, sample] = ['# TYPE mock429_requests', 'mock429_requests_total'];
    const gauge = '# TYPE mock429_requests_in_flight';
    const gauges = ['mock429_requests_in_flight'];
    expect(texts[0]).toEqual([typed, sample, gauge, ...gauges]);
    expect(texts[1]).toEqual([`${typed}_total`, sample, gauge, ...gauges]);
    expect(texts.slice(2)).toEqual(texts.slice(0, 2));
    await close();
  });
});

describe('examples/grafana', () => {
  const read = (file: string) => readFileSync(join(ROOT, 'examples/grafana', file), 'utf8');

  it('has a dashboard whose queries name metrics and labels that exist', async () => {
    const dashboard = JSON.parse(read('mock429.json')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    const mock = await start();
    const text = await mock.metrics();
    const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({
      name: name!,
      type: type!,
    }));
    const names = new Set(
      families.flatMap(({ name, type }) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const exprs = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const used = exprs.flatMap((expr) => expr.match(/mock429_\w+/g) ?? []);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
    // Each metric is drawn.
    const drawn = new Set(used.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')));
    expect(families.map(({ name }) => name).filter((name) => !drawn.has(name))).toEqual([]);
    const labels = exprs.flatMap((expr) =>
      [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/)),
    );
    const known = ['profile', 'outcome', 'policy', 'status', 'check', 'severity', 'stat', 'le'];
    expect(labels.filter((label) => !known.includes(label))).toEqual([]);
  });

  it('has a scrape configuration for the path', () => {
    const { scrape_configs: configs } = parse(read('prometheus.yml')) as { scrape_configs: { metrics_path: string }[] };
    expect(configs.map(({ metrics_path }) => metrics_path)).toEqual(['/__mock429/metrics']);
  });
});
