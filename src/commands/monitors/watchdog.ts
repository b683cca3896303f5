/**
 * Warns when the process stood: when the event loop was kept from its timers for more than a second. Nobody is answered meanwhile, and waits look longer than they
 * were.
 *
 * A process that was stopped, or whose machine slept, looks the same from within. It has used no time of the processor, so what it worked on is only named where it has.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';
import { takeLongest, type Work, watchWork } from '../../runtime/current-work.js';
import type { WriteLog } from '../../sandbox/core.js';
import { formatTime } from '../../verdict/words.js';

/** How often it is looked, in real milliseconds. */
const INTERVAL_MS = 200;
/** A timer that is later than this is told of, in real milliseconds. */
const LATE_MS = 1_000;
/** The share of a stall that has to be spent working for it to be work that took the time, and the share of it that one piece of work has to take. */
const MOST_OF_IT = 0.5;

/** Where times are read. */
export interface StallProbe {
  /** The processor's time that this process has used, in milliseconds. */
  readonly cpuMs: () => number;
  /** Real milliseconds; the machine's when left out. */
  readonly now?: () => number;
}

/** Does not keep the process running. There is one at a time. */
export function warnOfStalls(log: WriteLog, { cpuMs, now = preciseTime }: StallProbe): { close(): void } {
  let last = now();
  let lastCpu = cpuMs();
  watchWork(true);
  const timer = setInterval(() => {
    const late = now() - last - INTERVAL_MS;
    const cpu = cpuMs();
    const longest = takeLongest();
    if (late > LATE_MS) log('warn', stallLine(late, cpu - lastCpu, longest.ms, longest.work));
    last = now();
    lastCpu = cpu;
  }, INTERVAL_MS).unref();
  return {
    close() {
      clearInterval(timer);
      watchWork(false);
    },
  };
}

/** @param cpu milliseconds of the processor @param longest real milliseconds that the longest piece of work took */
function stallLine(late: number, cpu: number, longest: number, work: Work | undefined): string {
  const head = `the process stood for ${formatTime(late)}, and answered nobody`;
  if (cpu < MOST_OF_IT * late) {
    const used = `it used the processor for ${formatTime(Math.max(0, cpu))} of that time`;
    return `${head}: ${used}, so it was stopped (SIGSTOP, a machine that sleeps), waited for a disk, or other programs had the processor`;
  }
  if (work === undefined) return `${head}: it was busy with work that it cannot name, such as collecting garbage`;
  const what = typeof work === 'string' ? work : work.describeWork();
  if (longest >= MOST_OF_IT * late) return `${head}: it was busy with ${what}`;
  return `${head}: it was busy with much work, of which ${what} took the longest (${formatTime(longest)})`;
}
