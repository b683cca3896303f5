/**
 * Requests for sandboxes that are used without a server.
 * @module
 */
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Arrival } from '../../src/sandbox/exchange/request.js';

/** A request as a sandbox receives it. @param target path with query @param headers by lower-case name */
export function createArrival(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Arrival {
  const [path = '', rawQuery = ''] = target.split('?');
  const all: Readonly<Record<string, string>> = { 'content-type': 'application/json', ...headers };
  return {
    method,
    path,
    rawQuery,
    header: (name) => all[name.toLowerCase()],
    ip: '',
    body: ReceivedBody.of(body === undefined ? '' : JSON.stringify(body)),
  };
}
