/**
 * Reports the traffic of a long-running command every ten seconds.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';
import type { Traffic } from '../../sandbox/traffic.js';
import { formatTime } from '../../verdict/words.js';
import { count } from './text.js';
import { every } from './timers.js';

const EVERY_MS = 10_000;

/**
 * Reports the traffic since this call, every ten seconds of real time.
 *
 * @param writeLine receives a line without a line break
 * @returns a function that stops the reports
 */
export function reportProgress(traffic: () => Traffic, writeLine: (line: string) => void): () => void {
  const startedAt = preciseTime();
  const before = traffic();
  return every(EVERY_MS, () => {
    const now = traffic();
    const requests = Math.max(0, now.requests - before.requests);
    const refused = Math.max(0, now.refused - before.refused);
    writeLine(progressLine(preciseTime() - startedAt, { ...now, requests, refused }));
  });
}

/** Formats a line: `20 s: 153 requests, 12 refused; next refusal ends in 4 s`. @param elapsedMs real milliseconds */
export function progressLine(elapsedMs: number, { requests, refused, waits }: Traffic): string {
  const head = `${formatTime(Math.round(elapsedMs / 1_000) * 1_000)}: ${count(requests, 'request')}, ${refused} refused`;
  const ends = waits.map(({ ms, pace }) => ms * pace).sort((a, b) => a - b);
  const [next] = ends;
  if (next === undefined) return head;
  if (next === Number.POSITIVE_INFINITY)
    return `${head}; ${count(ends.length, 'refusal')} are waiting, and the clock is frozen until it is advanced`;
  const last = ends.at(-1)!;
  const rest =
    ends.length === 1
      ? ''
      : `, the last of ${ends.length} ${last === Number.POSITIVE_INFINITY ? 'when its clock is advanced' : `in ${formatTime(last)}`}`;
  return `${head}; next refusal ends in ${formatTime(next)}${rest}`;
}
