/**
 * What the programs have in common: where the server is, what to ask, how to wait. A program ends with 70 when it breaks, which no client that is merely refused does.
 * @module
 */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(70);
});

/** Address of the mock, which the paths follow: `http://127.0.0.1:PORT`. */
export const base = process.env['MOCK429_URL'];

/** Path and query of the usual request of the situation. */
export const path = process.env['CLIENT_PATH'];
const header = process.env['CLIENT_HEADER'] ?? '';
/** The credential, and JSON as what bodies are. */
export const headers = { [header.slice(0, header.indexOf(':'))]: header.slice(header.indexOf(':') + 1).trim() };
/** The first argument, as JSON. */
export const options = JSON.parse(process.argv[2] ?? '{}');

/** A call of the control API, on a connection of its own that is closed afterwards. */
export function control(method, url, body) {
  return new Promise((resolve, reject) => {
    const target = `${process.env['MOCK429_CONTROL_URL']}${url}`;
    const request = http.request(target, { method, agent: false, headers: { 'content-type': 'application/json' } });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => {
        if (response.statusCode >= 400) reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`));
        else resolve(text === '' ? undefined : JSON.parse(text));
      });
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Somebody else uses up what the scene says, now: a program calls it when it has loaded what it needs, so that a slow start wastes nothing of the window. */
export async function ready() {
  // Loads what is behind fetch, without the network.
  await fetch('data:,');
  for (const quota of JSON.parse(process.env['CLIENT_QUOTAS'] ?? '[]')) await control('PUT', '/quotas', quota);
}

/** Numbers from 0 to 1, the same in every run. */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The numbers from 0 to n − 1. */
export const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Whether a request was refused for a limit. */
export const isRefused = ({ status }) => status === 429 || status === 403;

/** Whether a connection ended without an answer (status 0), or the server failed. */
export const isFailed = ({ status }) => status === 0 || status >= 500;

/** One request in JSON by `fetch`; a dropped connection is status 0. */
export async function ask(url, { method = 'GET', body, headers: own = {}, ...rest } = {}) {
  try {
    const response = await fetch(base + url, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }), ...own },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...rest,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    return { status: 0, headers: new Headers(), text: String(error) };
  }
}

/** `?page=1` or `&page=1`. */
export function withQuery(url, query) {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
