/**
 * Metrics of a server in the formats of Prometheus and OpenMetrics.
 *
 * Nothing is counted for them while requests are answered. A scrape reads what the sandboxes have: their counts, and the rows that the journal has written since
 * the last scrape. Rows that the journal has overwritten in between are counted by `mock429_journal_rows_lost_total`. Counters never fall: a reset, a removed
 * sandbox and `DELETE /requests` are read before their rows go.
 * @module
 */
import { createRequire } from 'node:module';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import type { SandboxCounts } from '../../sandbox/core.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Sandboxes } from '../../sandbox/sandboxes.js';
import { reportOf } from '../../sandbox/verdict/report.js';
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

/** What has been read of a sandbox. */
interface Progress {
  /** The first row of the journal that has not been read. */
  row: number;
  counts: SandboxCounts;
  /** The findings of its last report, and the revision at which it was made. */
  revision: string | undefined;
  findings: readonly Finding[];
}

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
  readonly #progress = new WeakMap<Sandbox, Progress>();
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
    this.#lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#lag.enable();
  }

  async scrape(openMetrics: boolean): Promise<Scraped> {
    const all = this.#sandboxes.all();
    for (const sandbox of all) this.#read(sandbox);
    this.#measure(all);
    const registry = this.#registries[openMetrics ? 1 : 0];
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  /** Counts what has happened in a sandbox since it was last read. */
  #read(sandbox: Sandbox): void {
    const { journal, counts } = sandbox;
    let progress = this.#progress.get(sandbox);
    if (!progress) {
      const none = { requests: 0, refused: 0, delivered: 0, undelivered: 0, changes: 0 };
      progress = { row: 0, counts: none, revision: undefined, findings: [] };
      this.#progress.set(sandbox, progress);
      journal.onForget(() => this.#read(sandbox));
    }
    const { requests, webhooks, lost } = this.#set;
    const before = progress.counts;
    // A restored snapshot may set the number of requests back.
    requests.inc(Math.max(0, counts.requests - before.requests));
    webhooks.inc({ outcome: 'delivered' }, counts.delivered - before.delivered);
    webhooks.inc({ outcome: 'failed' }, counts.undelivered - before.undelivered);
    progress.counts = { ...counts };
    const { next } = journal.ring;
    const first = Math.max(progress.row, next - journal.capacity);
    let unread = first - progress.row;
    for (let row = first; row < next; row++) {
      const entry = journal.entry(row);
      if (entry) this.#count(entry);
      else unread += 1;
    }
    progress.row = next;
    lost.inc(unread);
  }

  #count({ profile, status, refusedBy, retryAfter }: JournalEntry): void {
    const { answers, waits } = this.#set;
    const outcome = refusedBy === undefined ? 'admitted' : 'refused';
    answers.inc({ profile, outcome, policy: refusedBy ?? '', status: String(status) });
    if (retryAfter !== undefined) waits.observe({ profile }, retryAfter);
  }

  /** Sets the gauges. */
  #measure(all: readonly Sandbox[]): void {
    const { remaining, inFlight, findings, lag, sandboxes } = this.#set;
    for (const gauge of [remaining, inFlight, findings, lag]) gauge.reset();
    sandboxes.set(all.length);
    for (const sandbox of all) {
      for (const profile of sandbox.profiles) inFlight.inc({ profile }, 0);
      for (const { profile } of sandbox.inFlight()) inFlight.inc({ profile });
      for (const { profile, check, severity, times } of this.#findings(sandbox))
        findings.inc({ profile, check, severity }, times);
    }
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
  #findings(sandbox: Sandbox): readonly Finding[] {
    const progress = this.#progress.get(sandbox)!;
    const { revision } = sandbox;
    if (progress.revision === revision) return progress.findings;
    progress.findings = reportOf(sandbox).profiles.flatMap((profile) => profile.findings);
    progress.revision = revision;
    return progress.findings;
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
      help: 'Answered requests that the journal had overwritten before they were read; they are missing in mock429_answers_total and mock429_told_wait_seconds',
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
