/**
 * What is told every ten seconds of a command that runs for long.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';
import type { Traffic } from '../../sandbox/traffic.js';
import { formatTime } from '../../verdict/words.js';
import { count } from './text.js';

const EVERY_MS = 10_000;

/**
 * Tells of the traffic since now, every ten seconds of real time.
 *
 * @param tell gets a line without its end
 * @returns what ends it
 */
export function reportProgress(traffic: () => Traffic, tell: (line: string) => void): () => void {
  const began = preciseTime();
  const before = traffic();
  const timer = setInterval(() => {
    const now = traffic();
    const requests = Math.max(0, now.requests - before.requests);
    const refused = Math.max(0, now.refused - before.refused);
    tell(progressLine(preciseTime() - began, { ...now, requests, refused }));
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** `20 s: 153 requests, 12 refused; next refusal ends in 4 s`. @param elapsedMs real milliseconds */
export function progressLine(elapsedMs: number, { requests, refused, waits }: Traffic): string {
  const head = `${formatTime(Math.round(elapsedMs / 1_000) * 1_000)}: ${count(requests, 'request')}, ${refused} refused`;
  const ends = waits.map(({ ms, pace }) => ms * pace).sort((a, b) => a - b);
  const [next] = ends;
  if (next === undefined) return head;
  if (next === Number.POSITIVE_INFINITY)
    return `${head}; ${count(ends.length, 'refusal')} told to wait, and the clock stands still until it is advanced`;
  const last = ends.at(-1)!;
  const rest =
    ends.length === 1
      ? ''
      : `, the last of ${ends.length} ${last === Number.POSITIVE_INFINITY ? 'when its clock is advanced' : `in ${formatTime(last)}`}`;
  return `${head}; next refusal ends in ${formatTime(next)}${rest}`;
}
