/**
 * Sends a request as it was written: `fetch` would change its path and its headers.
 * @module
 */
import { Agent, request as send } from 'node:http';
import type { WireAnswer } from './answers/judge.js';
import type { WireRequest } from './requests/request.js';

/** Longer than any answer of a mock may take. */
const PATIENCE_MS = 15_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** An agent that keeps connections open for the requests of one document. */
export function agent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** @returns the answer, or the reason why there is none */
export function ask(base: URL, basePath: string, wire: WireRequest, via: Agent): Promise<WireAnswer | string> {
  return new Promise((resolve) => {
    const path = `${base.pathname.replace(/\/$/, '')}${basePath}${wire.target}`;
    const headers: Record<string, string | number> = { ...wire.headers };
    if (wire.body) headers['content-length'] = wire.body.length;
    else if (!['GET', 'HEAD', 'OPTIONS'].includes(wire.method)) headers['content-length'] = 0;
    try {
      const options = { host: base.hostname, port: base.port, method: wire.method, path, headers, agent: via };
      const sent = send(options, (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        const done = () => {
          clearTimeout(late);
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) });
        };
        response.on('data', (part: Buffer) => {
          parts.push(part);
          bytes += part.length;
          if (bytes > MAX_BYTES) sent.destroy(new Error(`an answer of more than ${MAX_BYTES} bytes`));
        });
        response.on('end', done);
        response.on('error', (error) => resolve(error.message));
      });
      const late = setTimeout(() => sent.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
      sent.on('error', (error) => {
        clearTimeout(late);
        resolve(error.message);
      });
      sent.end(wire.body);
    } catch (error) {
      // Node refuses to write it.
      resolve((error as Error).message);
    }
  });
}
