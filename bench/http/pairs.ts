/**
 * Adjacent pairs: base, target, base, target … base, in short windows, with the server whose turn it is not stopped.
 *
 * A window of the target is compared with the mean of the base's windows before and after it, so that a machine that gets slower or faster meanwhile
 * does not show as a difference. The ratio of a row is the median of its pairs' ratios.
 * @module
 */
import type { Generator, Window } from '../load/window.js';
import type { Server } from '../processes.js';
import { type Spread, spread } from '../stats.js';
import { ask, type Traffic } from '../traffic.js';

/** One of the two servers that are compared, and the request that is sent to it. */
export interface Side {
  readonly server: Server;
  readonly traffic: Traffic;
  /** Sent before each window: a POST that begins the window anew, so that what it creates does not pile up. */
  readonly reset?: string;
}

/** The values of a row: the spread over all windows of one server, or over all pairs for the ratios. */
export interface Compared extends Record<string, Spread | undefined> {
  /** Requests a second. */
  readonly rate: Spread;
  /** Requests a second of the base. */
  readonly baseRate: Spread;
  /** The target’s rate as a multiple of the base’s. */
  readonly ratio: Spread;
  /** Latencies of the target, in milliseconds. */
  readonly p50: Spread;
  readonly p99: Spread;
  /** The target's p99 as a multiple of the base's. */
  readonly p99Ratio: Spread;
  /** CPU time per request, in microseconds. */
  readonly cpu: Spread | undefined;
  /** The base's CPU time per request as a share of the target's. */
  readonly cpuRatio: Spread | undefined;
}

interface Measured {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number | undefined;
}

/** Number and length of the windows in which two servers are compared. */
export interface PairOptions {
  /** Windows of the target; the base has one more. */
  readonly pairs: number;
  /** Length of a window, in whole seconds. */
  readonly seconds: number;
  /** CPU time that a server is given to compile what it runs often. */
  readonly warmMs: number;
}

/** Where others take most of the machine's time, warming up ends all the same. */
const MOST_WARM_WINDOWS = 8;

/**
 * Warms up both servers, then measures them alternately. Both are stopped (SIGSTOP) when it returns.
 * @throws where a window has no answer, too many answers have another status, or more than 0.1 % of the requests failed
 */
export async function comparePairs(
  generator: Generator,
  base: Side,
  target: Side,
  { pairs, seconds, warmMs }: PairOptions,
): Promise<Compared> {
  base.server.pause();
  target.server.pause();
  for (const side of [base, target]) await warmUp(generator, side, warmMs);
  const bases = [await measure(generator, base, seconds)];
  const targets: Measured[] = [];
  for (let i = 0; i < pairs; i++) {
    targets.push(await measure(generator, target, seconds));
    bases.push(await measure(generator, base, seconds));
  }
  const all = <K extends keyof Measured>(list: readonly Measured[], key: K) => list.map((one) => one[key]);
  /** The target's value against the mean of the base's before and after. */
  const against = (key: 'rate' | 'p99' | 'cpu') =>
    targets.map((one, i) => one[key]! / ((bases[i]![key]! + bases[i + 1]![key]!) / 2));
  const hasCpu = [...bases, ...targets].every(({ cpu }) => cpu !== undefined && cpu > 0);
  return {
    rate: spread(all(targets, 'rate')),
    baseRate: spread(all(bases, 'rate')),
    ratio: spread(against('rate')),
    p50: spread(all(targets, 'p50')),
    p99: spread(all(targets, 'p99')),
    p99Ratio: spread(against('p99')),
    cpu: hasCpu ? spread(all(targets, 'cpu') as number[]) : undefined,
    cpuRatio: hasCpu ? spread(against('cpu').map((one) => 1 / one)) : undefined,
  };
}

async function warmUp(generator: Generator, side: Side, warmMs: number): Promise<void> {
  for (let i = 0; i < MOST_WARM_WINDOWS; i++) {
    await measure(generator, side, 1);
    if ((side.server.cpuMs() ?? i * 1_000) >= warmMs) return;
  }
}

async function measure(generator: Generator, { server, traffic, reset }: Side, seconds: number): Promise<Measured> {
  server.resume();
  try {
    if (reset !== undefined) await ask(server.port, { method: 'POST', path: reset, headers: {} });
    const before = server.cpuMs();
    const window = await generator.run(server.port, traffic, seconds);
    const after = server.cpuMs();
    check(window, traffic);
    return {
      rate: window.requests / window.seconds,
      p50: window.p50,
      p99: window.p99,
      cpu: before === undefined || after === undefined ? undefined : ((after - before) * 1_000) / window.requests,
    };
  } finally {
    server.pause();
  }
}

/** A server that answers something else is fast for nothing. Where a quota is used up in the window, what is admitted first is let through. */
function check({ requests, refused, failed }: Window, { status }: Traffic): void {
  if (requests === 0) throw new Error('it answered no request in a window');
  const [wrong, most] = status >= 400 ? [requests - refused, 1_500] : [refused, 0];
  if (wrong > most) throw new Error(`${wrong} of ${requests} answers were not ${status}`);
  if (failed / requests > 0.001) throw new Error(`${failed} of ${requests} requests failed`);
}
