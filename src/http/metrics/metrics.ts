/**
 * Metrics of a server in the formats of Prometheus and OpenMetrics.
 *
 * Nothing is counted for them before the first scrape. That scrape reads what the sandboxes have: their counts, and the rows of their journals. Rows that a journal
 * no longer had are counted by `mock429_journal_rows_lost_total`. From then on each event is counted as it happens, so that the counters are exact whatever a
 * journal forgets, and never fall: a reset, a restored snapshot and a removed sandbox do not touch them.
 * @module
 */
import { createRequire } from 'node:module';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Sandboxes } from '../../sandbox/sandboxes.js';
import { reportInTurns } from '../../sandbox/verdict/report.js';
import type { JournalEntry } from '../../state/journal/entry.js';

/** A scrape. */
export interface Scraped {
  readonly contentType: string;
  readonly text: string;
}

/** Upper bounds of the buckets of told waits, in seconds. */
const WAIT_BUCKETS = [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];
/** Milliseconds between two samples of the event loop. */
const RESOLUTION_MS = 20;
const NANOSECONDS = 1e9;

const metricsOf = new WeakMap<Sandboxes, Metrics>();

/** Reads the metrics of a server. The library is loaded by the first call. @param openMetrics whether they are written in the format of OpenMetrics */
export function scrape(sandboxes: Sandboxes, openMetrics: boolean): Promise<Scraped> {
  let metrics = metricsOf.get(sandboxes);
  if (!metrics) {
    metrics = new Metrics(sandboxes);
    metricsOf.set(sandboxes, metrics);
  }
  return metrics.scrape(openMetrics);
}

/** The findings in the last report on a sandbox, and the revision at which it was made. */
interface Judged {
  readonly revision: string;
  readonly findings: readonly Finding[];
}

/** What is counted of an answer. */
type Counted = Pick<JournalEntry, 'profile' | 'status' | 'refusedBy' | 'retryAfter'>;

interface Finding {
  readonly profile: string;
  readonly check: string;
  readonly severity: string;
  readonly times: number;
}

/** The metrics of one server. */
class Metrics {
  readonly #sandboxes: Sandboxes;
  readonly #registries: readonly [prometheus: Registry, openMetrics: Registry];
  readonly #set: ReturnType<typeof createMetrics>;
  readonly #names: readonly (readonly [metric: { name: string }, name: string])[];
  readonly #judged = new WeakMap<Sandbox, Judged>();
  readonly #lag: IntervalHistogram;

  constructor(sandboxes: Sandboxes) {
    this.#sandboxes = sandboxes;
    const library = createRequire(import.meta.url)('prom-client') as typeof import('prom-client');
    const { Registry, prometheusContentType, openMetricsContentType } = library;
    const prometheus = new Registry();
    prometheus.setContentType(prometheusContentType);
    const openMetrics = new Registry<typeof openMetricsContentType>();
    openMetrics.setContentType(openMetricsContentType);
    // Their types differ in the content type only.
    this.#registries = [prometheus, openMetrics as unknown as Registry];
    this.#set = createMetrics(library, this.#registries);
    this.#names = prometheus.getMetricsAsArray().map((metric) => [metric, metric.name]);
    this.#lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#lag.enable();
    for (const sandbox of sandboxes.all()) this.#readHistory(sandbox);
    sandboxes.hooks.counter = {
      arrived: () => this.#set.requests.inc(),
      answered: (profile, status, refusedBy, retryAfter) => this.#count({ profile, status, refusedBy, retryAfter }),
      webhook: (outcome) => this.#set.webhooks.inc({ outcome }),
    };
  }

  async scrape(openMetrics: boolean): Promise<Scraped> {
    const found: Finding[] = [];
    for (const sandbox of this.#sandboxes.all()) found.push(...(await this.#findings(sandbox)));
    this.#measure(found);
    const registry = this.#registries[openMetrics ? 1 : 0];
    const text = registry.metrics();
    // For OpenMetrics the library takes "_total" from the names of counters, for good. It has read the names by now.
    for (const [metric, name] of this.#names) metric.name = name;
    return { contentType: registry.contentType, text: await text };
  }

  /** Counts what has happened in a sandbox before the first scrape, as far as it is known. */
  #readHistory({ journal, counts }: Sandbox): void {
    const { requests, webhooks, lost } = this.#set;
    requests.inc(counts.requests);
    webhooks.inc({ outcome: 'delivered' }, counts.delivered);
    webhooks.inc({ outcome: 'failed' }, counts.undelivered);
    const entries = journal.entries();
    for (const entry of entries) this.#count(entry);
    lost.inc(journal.ring.next - entries.length);
  }

  #count({ profile, status, refusedBy, retryAfter }: Counted): void {
    const { answers, waits } = this.#set;
    const outcome = refusedBy === undefined ? 'admitted' : 'refused';
    answers.inc({ profile, outcome, policy: refusedBy ?? '', status: String(status) });
    if (retryAfter !== undefined) waits.observe({ profile }, retryAfter);
  }

  /** Sets the gauges. */
  #measure(found: readonly Finding[]): void {
    const all = this.#sandboxes.all();
    const { remaining, inFlight, findings, lag, sandboxes } = this.#set;
    for (const gauge of [remaining, inFlight, findings, lag]) gauge.reset();
    sandboxes.set(all.length);
    for (const sandbox of all) {
      for (const profile of sandbox.profiles) inFlight.inc({ profile }, 0);
      for (const { profile } of sandbox.inFlight()) inFlight.inc({ profile });
    }
    for (const { profile, check, severity, times } of found) findings.inc({ profile, check, severity }, times);
    for (const [key, least] of leastRemaining(all)) {
      const [profile, policy] = key.split('\n') as [string, string];
      remaining.set({ profile, policy }, least);
    }
    const { mean, max } = this.#lag;
    const values = { mean, p99: this.#lag.percentile(99), max };
    // There is no sample yet after a reset.
    for (const [stat, nanoseconds] of Object.entries(values))
      lag.set({ stat }, Number.isFinite(nanoseconds) && this.#lag.count > 0 ? nanoseconds / NANOSECONDS : 0);
    this.#lag.reset();
  }

  /** The findings of a sandbox. It is judged again only if something has happened in it. */
  async #findings(sandbox: Sandbox): Promise<readonly Finding[]> {
    const { revision } = sandbox;
    const judged = this.#judged.get(sandbox);
    if (judged?.revision === revision) return judged.findings;
    const findings = (await reportInTurns(sandbox)).profiles.flatMap((profile) => profile.findings);
    this.#judged.set(sandbox, { revision, findings });
    return findings;
  }
}

/** The least that any partition has left, by `profile newline policy`. */
function leastRemaining(all: readonly Sandbox[]): Map<string, number> {
  const least = new Map<string, number>();
  for (const sandbox of all)
    for (const { profile, policy, remaining } of sandbox.quotas()) {
      const key = `${profile}\n${policy}`;
      least.set(key, Math.min(least.get(key) ?? Number.POSITIVE_INFINITY, remaining));
    }
  return least;
}

/** Creates the metrics, each in all registries. Labels have few values: none is a credential, a path or a partition. */
function createMetrics({ Counter, Gauge, Histogram }: typeof import('prom-client'), registers: readonly Registry[]) {
  const common = { registers: [...registers] };
  return {
    requests: new Counter({
      ...common,
      name: 'mock429_requests_total',
      help: 'Requests to providers that have arrived',
    }),
    answers: new Counter({
      ...common,
      name: 'mock429_answers_total',
      help: 'Answered requests by outcome; policy is the one that has refused, empty for admissions',
      labelNames: ['profile', 'outcome', 'policy', 'status'],
    }),
    lost: new Counter({
      ...common,
      name: 'mock429_journal_rows_lost_total',
      help: 'Answered requests that the journal no longer had when metrics were first read; they are missing in mock429_answers_total and mock429_told_wait_seconds',
    }),
    waits: new Histogram({
      ...common,
      name: 'mock429_told_wait_seconds',
      help: 'Waits that answers have told in Retry-After',
      labelNames: ['profile'],
      buckets: WAIT_BUCKETS,
    }),
    remaining: new Gauge({
      ...common,
      name: 'mock429_quota_remaining',
      help: 'What is left of a policy: the minimum over all live buckets of all sandboxes',
      labelNames: ['profile', 'policy'],
    }),
    inFlight: new Gauge({
      ...common,
      name: 'mock429_requests_in_flight',
      help: 'Requests that are delayed, or whose answer is being streamed',
      labelNames: ['profile'],
    }),
    findings: new Gauge({
      ...common,
      name: 'mock429_findings',
      help: 'Incidents in the verdict on the clients, of what the journals hold',
      labelNames: ['profile', 'check', 'severity'],
    }),
    lag: new Gauge({
      ...common,
      name: 'mock429_event_loop_lag_seconds',
      help: 'Delay of the event loop since the last scrape; stat is mean, p99 or max',
      labelNames: ['stat'],
    }),
    sandboxes: new Gauge({ ...common, name: 'mock429_sandboxes', help: 'Sandboxes, the one without a name included' }),
    webhooks: new Counter({
      ...common,
      name: 'mock429_webhooks_total',
      help: 'Deliveries of webhooks that are over: answered 2xx, or given up',
      labelNames: ['outcome'],
    }),
  };
}
