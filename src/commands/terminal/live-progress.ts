/**
 * Progress of `mock429 run` on a terminal: one line at the bottom that changes in place.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';
import type { Traffic } from '../../sandbox/traffic.js';
import type { Report } from '../../verdict/report/report.js';
import type { Terminal } from './io.js';
import { progressLine } from './progress.js';
import { openStatusLine } from './status-line.js';
import { count } from './text.js';
import { every } from './timers.js';

const EVERY_MS = 500;
/** Judging takes at most this share of the time, so that it does not delay answers. */
const JUDGING_SHARE = 0.02;
/** A report that takes longer than this, in milliseconds, is not repeated: it would delay answers noticeably. */
const MAX_JUDGING_MS = 100;

/** What progress shows. */
export interface ProgressSources {
  traffic(): Traffic;
  /** The verdict so far. */
  report(): Report;
}

/**
 * Shows the progress until it is ended.
 *
 * @returns a function that removes the line; `undefined` if the terminal is too small
 */
export function showProgress(sources: ProgressSources, terminal: Terminal): (() => void) | undefined {
  const line = openStatusLine(terminal);
  if (!line) return undefined;
  const startedAt = preciseTime();
  const before = sources.traffic();
  const findings = findingsSoFar(sources);
  const draw = () => {
    const now = sources.traffic();
    const requests = Math.max(0, now.requests - before.requests);
    const refused = Math.max(0, now.refused - before.refused);
    const text = progressLine(preciseTime() - startedAt, { ...now, requests, refused });
    line.show(`mock429 ${text}; ${findings(now.requests)}`);
  };
  draw();
  const end = every(EVERY_MS, draw);
  return () => {
    end();
    line.close();
  };
}

/** Counts the findings, as often as judging leaves time for answers. */
function findingsSoFar({ report }: ProgressSources): (requests: number) => string {
  let words = 'no findings so far';
  let judged = 0;
  let nextAt = 0;
  return (requests) => {
    const now = preciseTime();
    if (requests === judged || now < nextAt) return words;
    const all = report().profiles.reduce((sum, { findings }) => sum + findings.length, 0);
    const tookMs = preciseTime() - now;
    judged = requests;
    nextAt = tookMs > MAX_JUDGING_MS ? Number.POSITIVE_INFINITY : now + tookMs / JUDGING_SHARE;
    words = all === 0 ? 'no findings so far' : `${count(all, 'finding')} so far`;
    return words;
  };
}
