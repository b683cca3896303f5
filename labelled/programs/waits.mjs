/**
 * Ways of waiting between one try and the next, by name. Each gives milliseconds, of the answer and the number of the try (from 0).
 * @module
 */
import { randomFrom } from './client.mjs';

const random = randomFrom(11);

/** What `Retry-After` tells, in seconds or as a date, in milliseconds. */
export function toldMs({ headers }) {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  return Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000;
}

function durationMs(text) {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit], 0);
}

const told = (answer) => toldMs(answer) ?? 0;

/** @type {Record<string, (answer: any, tries: number, n: number) => number>} */
const WAYS = {
  // As told.
  told,
  'told-and-jitter': (answer) => told(answer) + 20 + 150 * random(),
  'told-and': (answer, _tries, n) => told(answer) + n,
  'told-and-spread': (answer, _tries, n) => told(answer) + 60 + n * random(),
  reset: ({ headers }) => Number(headers.get('x-ratelimit-reset')) * 1_000 - Date.now() + 5,
  countdown: ({ headers }) => Number(headers.get('x-ratelimit-reset')) * 1_000 + 5,
  milliseconds: ({ headers }) => Number(headers.get('retry-after-ms')) + 5,
  'milliseconds-early': ({ headers }, _tries, n) => Number(headers.get('retry-after-ms')) - n,
  body: ({ text }) => JSON.parse(text).retry_after * 1_000 + 5,
  'body-early': ({ text }, _tries, n) => JSON.parse(text).retry_after * 1_000 - n,
  duration: ({ headers }) => durationMs(headers.get('x-ratelimit-reset-requests')) + 5,
  'duration-half': ({ headers }) => durationMs(headers.get('x-ratelimit-reset-requests')) / 2,
  ratelimit: ({ headers }) => Number(/;t=(\d+)/.exec(headers.get('ratelimit'))[1]) * 1_000 + 5,
  // Sooner than told.
  'at-once': () => 0,
  early: (answer, _tries, n) => told(answer) - n,
  share: (answer, _tries, n) => told(answer) * n,
  shrinking: (answer, tries, n) => told(answer) * n ** (tries + 1),
  // Of its own.
  fixed: (_answer, _tries, n) => n,
  'fixed-and-jitter': (_answer, _tries, n) => n * (1 + 0.3 * random()),
  exponential: (_answer, tries, n) => n * 2 ** tries,
  'exponential-and-jitter': (_answer, tries, n) => n * 2 ** tries * (1 + 0.25 * random()),
  'full-jitter': (_answer, tries, n) => 60 + random() * n * 2 ** tries,
  linear: (_answer, tries, n) => n * (tries + 1),
  falling: (_answer, tries, n) => n / 2 ** tries,
};

/** `told`, or with a number: `fixed 200`. Two, `told or exponential 100`: the second where the answer tells nothing. */
export function waiting(name) {
  const [first, second] = name.split(' or ').map((one) => {
    const [way, n] = one.split(' ');
    const find = WAYS[way];
    if (!find) throw new Error(`no such way of waiting: ${way}`);
    return (answer, tries) => Math.max(0, find(answer, tries, Number(n)));
  });
  return second ? (answer, tries) => (toldMs(answer) === undefined ? second : first)(answer, tries) : first;
}
