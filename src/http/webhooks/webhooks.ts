/**
 * Webhooks: what a provider tells the world of its own accord. They go to this machine only, unless a host is allowed by name.
 * @module
 */
import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { WriteLog } from '../../sandbox/core.js';
import { WEBHOOK_HEADER } from '../control/guard.js';
import { type Allowed, judgeTarget, type Resolve, systemResolve, type WebhookTarget } from './target.js';

/** Milliseconds of real time after which a target that does not answer is given up. */
const TIMEOUT_MS = 10_000;
/** The same for a name server: a test that names a host which is not there is not to wait for it. */
const LOOKUP_MS = 2_000;

export interface DeliveryOptions {
  /** Hosts besides this machine that webhooks may go to, each as `listedHost` gives it. */
  readonly hosts: ReadonlySet<string>;
  /** Masks the credentials in its lines. */
  readonly log: WriteLog;
  /** Looks up names; the system does, when left out. */
  readonly resolve?: Resolve;
}

/** @returns a function that posts and never rejects; what goes wrong is logged, without query, user, password and body */
export function createDelivery(options: DeliveryOptions): (url: string, body: unknown) => Promise<void> {
  const { hosts, log, resolve = systemResolve } = options;
  return async (text, body) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let target: WebhookTarget;
    try {
      target = await judgeTarget(text, hosts, (name) => inTime(resolve(name), AbortSignal.timeout(LOOKUP_MS)));
    } catch (error) {
      const { hostname } = new URL(text);
      log('warn', `webhook not sent: ${hostname} cannot be looked up (${reasonOf(error)})`);
      return;
    }
    if ('refused' in target) {
      log('warn', `webhook not sent: ${target.refused}`);
      return;
    }
    const { origin, pathname } = target.url;
    // Elsewhere paths are secrets themselves, mostly.
    const where = `${origin}${target.isOwn ? pathname : '/…'}`;
    try {
      const status = await post(target, JSON.stringify(body), signal);
      if (status >= 300 && status < 400)
        log('warn', `webhook to ${where} not delivered: it answered ${status}, and redirects are not followed`);
      else log('info', `webhook sent to ${where}: ${status}`);
    } catch (error) {
      log('warn', `webhook to ${where} failed: ${reasonOf(error)}`);
    }
  };
}

/** Posts to one of the addresses that were judged, and nowhere else. @returns the status of the answer */
function post({ url, addresses }: Allowed, body: string, signal: AbortSignal): Promise<number> {
  // Node asks this for names only; where the host is an address it was judged itself.
  const lookup: LookupFunction = (_name, { all }, found) => {
    if (all) found(null, [...addresses]);
    else found(null, addresses[0]!.address, addresses[0]!.family);
  };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = send(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': 'mock429',
        [WEBHOOK_HEADER]: '1',
      },
      lookup,
      signal,
      // A connection of its own, so that none which was made before is used.
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      // What it says is of no interest, however much that is.
      response.on('error', () => {}).resume();
      resolve(response.statusCode!);
    });
    request.end(body);
  });
}

async function inTime<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
}

/** A code, where there is one: messages may quote what they are about. */
function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError') return 'it took too long';
  return typeof code === 'string' ? code : message;
}
