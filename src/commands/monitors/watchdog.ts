/**
 * Warns when the event loop was blocked for more than a second. No request is answered during that time, and waits look longer than they were.
 *
 * A process that was stopped, or whose machine slept, looks the same from the inside, but has used no processor time. So the warning names the work only where
 * the process did work.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';
import { takeLongest, type Work, watchWork } from '../../runtime/current-work.js';
import type { WriteLog } from '../../sandbox/core.js';
import { formatTime } from '../../verdict/words.js';

/** Interval of the checks, in real milliseconds. */
const INTERVAL_MS = 200;
/** Delay of the timer above which a warning is logged, in real milliseconds. */
const WARN_DELAY_MS = 1_000;
/** Share of a stall that must be processor time to blame work, and share that one piece of work must have to be blamed. */
const MAJOR_SHARE = 0.5;

/** Time sources. */
export interface StallProbe {
  /** Processor time of this process, in milliseconds. */
  readonly cpuMs: () => number;
  /** Real milliseconds; default: the machine's time. */
  readonly now?: () => number;
}

/** Starts the watchdog. The timer does not keep the process alive. There can be only one at a time. */
export function warnOfStalls(log: WriteLog, { cpuMs, now = preciseTime }: StallProbe): { close(): void } {
  let last = now();
  let lastCpu = cpuMs();
  watchWork(true);
  const timer = setInterval(() => {
    const delay = now() - last - INTERVAL_MS;
    const cpu = cpuMs();
    const longest = takeLongest();
    if (delay > WARN_DELAY_MS) log('warn', stallLine(delay, cpu - lastCpu, longest.ms, longest.work));
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

/** The text of the warning. @param cpu processor time in ms @param longest real milliseconds of the longest piece of work */
function stallLine(delay: number, cpu: number, longest: number, work: Work | undefined): string {
  const head = `the process was blocked for ${formatTime(delay)} and answered no request`;
  if (cpu < MAJOR_SHARE * delay) {
    const used = `it used the processor for ${formatTime(Math.max(0, cpu))} of that time`;
    return `${head}: ${used}, so it was stopped (SIGSTOP, a machine that sleeps), waited for a disk, or other programs had the processor`;
  }
  if (work === undefined) return `${head}: it did unmarked work, such as garbage collection`;
  const what = typeof work === 'string' ? work : work.describeWork();
  if (longest >= MAJOR_SHARE * delay) return `${head}: it was busy with ${what}`;
  return `${head}: it was busy with much work, of which ${what} took the longest (${formatTime(longest)})`;
}
