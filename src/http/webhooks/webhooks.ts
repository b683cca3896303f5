/**
 * Delivers webhooks: the requests that a provider sends of its own accord. They go to this machine only, unless a host is allowed by name.
 * @module
 */
import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Core, DeliveryResult, WriteLog } from '../../sandbox/core.js';
import { WEBHOOK_HEADER } from '../control/guard.js';
import { BYPASS } from '../interception/bypass.js';
import { type Allowed, judgeTarget, type Resolve, systemResolve, type WebhookTarget } from './target.js';

/** Real milliseconds after which a delivery is given up. */
const TIMEOUT_MS = 10_000;
/** The same for name resolution: a test with a host that does not exist must not wait for it. */
const LOOKUP_MS = 2_000;

/** Options of `createDelivery()`. */
export interface DeliveryOptions {
  /** Hosts besides this machine that webhooks may be sent to, each normalized by `listedHost`. */
  readonly hosts: ReadonlySet<string>;
  /** Receives a line per delivery; masks credentials. */
  readonly log: WriteLog;
  /** Resolves names; default: the operating system. */
  readonly resolve?: Resolve;
}

/** Creates a function that posts a webhook. Its promise never rejects. It logs failures without query, user, password and body. */
export function createDelivery(options: DeliveryOptions): Core['deliver'] {
  const { hosts, log, resolve = systemResolve } = options;
  return async (text, body, headers = {}): Promise<DeliveryResult> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let target: WebhookTarget;
    try {
      target = await judgeTarget(text, hosts, (name) => inTime(resolve(name), AbortSignal.timeout(LOOKUP_MS)));
    } catch (error) {
      const { hostname } = new URL(text);
      const failed = `${hostname} cannot be looked up (${reasonOf(error)})`;
      log('warn', `webhook not sent: ${failed}`);
      return { failed };
    }
    if ('refused' in target) {
      log('warn', `webhook not sent: ${target.refused}`);
      return { failed: target.refused, isFinal: true };
    }
    const { origin, pathname } = target.url;
    // On other hosts the path itself is often a secret.
    const where = `${origin}${target.isOwn ? pathname : '/…'}`;
    try {
      const status = await post(target, JSON.stringify(body), headers, signal);
      if (status >= 300 && status < 400)
        log('warn', `webhook to ${where} not delivered: it answered ${status}, and redirects are not followed`);
      else log('info', `webhook sent to ${where}: ${status}`);
      return { status };
    } catch (error) {
      const failed = reasonOf(error);
      log('warn', `webhook to ${where} failed: ${failed}`);
      return { failed };
    }
  };
}

/** Posts to one of the judged addresses, and to no other. @returns the status of the response */
function post(
  { url, addresses }: Allowed,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  // Node calls this for names only. A literal address was judged itself.
  const lookup: LookupFunction = (_name, { all }, callback) => {
    if (all) callback(null, [...addresses]);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = send(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': 'mock429',
        ...headers,
        [WEBHOOK_HEADER]: '1',
      },
      lookup,
      signal,
      // Use a new connection, so that none with another address is reused.
      agent: false,
      // It is the mock's own request.
      ...({ [BYPASS]: true } as object),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      // Discard the body of the response, whatever its size.
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

/** The error code where there is one: a message may quote the URL. */
function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError') return 'it took too long';
  return typeof code === 'string' ? code : message;
}
