/**
 * Warns before the heap is full. A full heap makes V8 abort the process at once, without a chance to explain.
 * @module
 */
import { getHeapStatistics } from 'node:v8';
import type { WriteLog } from '../../sandbox/core.js';

/** Interval of the checks, in real milliseconds. */
const INTERVAL_MS = 1_000;
/** Share of the heap limit above which one warning is logged, and share below which the warning is armed again. */
const FULL = 0.9;
const RELIEVED = 0.7;

const MIB = 2 ** 20;

/** Starts the checks. The timer does not keep the process alive. */
export function warnOfMemory(log: WriteLog, read: () => HeapUse = getHeapStatistics): { close(): void } {
  let warned = false;
  const timer = setInterval(() => {
    const { used_heap_size: used, heap_size_limit: limit } = read();
    if (used < limit * RELIEVED) warned = false;
    if (warned || used < limit * FULL) return;
    warned = true;
    log(
      'warn',
      `the heap is nearly full (${Math.round(used / MIB)} of ${Math.round(limit / MIB)} MiB), and the process aborts when it is full; store less (--journal-size, --max-sandboxes, --max-sandbox-bytes, POST /__mock429/reset), or give it more with NODE_OPTIONS=--max-old-space-size=MIB`,
    );
  }, INTERVAL_MS).unref();
  return { close: () => clearInterval(timer) };
}

/** The used part of `getHeapStatistics()`, in bytes. */
interface HeapUse {
  readonly used_heap_size: number;
  readonly heap_size_limit: number;
}
