/**
 * Webhooks: what a provider tells the world of its own accord. They go to this machine only, unless a host is allowed by name.
 * @module
 */
import type { Log } from '../sandbox/core.js';
import { fetchBeneath } from './fetch-layers.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|.+\.localhost)$/i;

/** Milliseconds of real time after which a target that does not answer is given up. */
const TIMEOUT_MS = 10_000;

/** @returns a function that posts and never rejects; what goes wrong is logged */
export function createDelivery(
  allowedHosts: readonly string[],
  log: Log,
): (url: string, body: unknown) => Promise<void> {
  return async (url, body) => {
    let host: string;
    try {
      host = new URL(url).hostname;
    } catch {
      log('warn', `webhook not sent: ${JSON.stringify(url)} is not a URL`);
      return;
    }
    if (!LOOPBACK.test(host) && !allowedHosts.includes(host)) {
      log('warn', `webhook not sent: ${host} is not this machine; allow it with --webhook-host ${host}`);
      return;
    }
    try {
      const response = await fetchBeneath(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      log('info', `webhook sent to ${url}: ${response.status}`);
    } catch (error) {
      log('warn', `webhook to ${url} failed: ${(error as Error).message}`);
    }
  };
}
