/**
 * Warns before the heap is full. When it is, V8 ends the process at once with a message of its own, and nothing more can be said.
 * @module
 */
import { getHeapStatistics } from 'node:v8';
import type { WriteLog } from '../../sandbox/core.js';

/** How often the heap is looked at, in real milliseconds. */
const INTERVAL_MS = 1_000;
/** Share of the heap's limit from which on it is warned, once; and below which it may be warned again. */
const FULL = 0.9;
const RELIEVED = 0.7;

const MIB = 2 ** 20;

/** Does not keep the process running. */
export function warnOfMemory(log: WriteLog, read: () => HeapUse = getHeapStatistics): { close(): void } {
  let warned = false;
  const timer = setInterval(() => {
    const { used_heap_size: used, heap_size_limit: limit } = read();
    if (used < limit * RELIEVED) warned = false;
    if (warned || used < limit * FULL) return;
    warned = true;
    log(
      'warn',
      `the heap is nearly full (${Math.round(used / MIB)} of ${Math.round(limit / MIB)} MiB), and the process ends when it is; keep less (--journal-size, --max-sandboxes, --max-sandbox-bytes, POST /__mock429/reset), or give it more with NODE_OPTIONS=--max-old-space-size=MIB`,
    );
  }, INTERVAL_MS).unref();
  return { close: () => clearInterval(timer) };
}

/** Bytes. Of `getHeapStatistics()`, what is looked at. */
interface HeapUse {
  readonly used_heap_size: number;
  readonly heap_size_limit: number;
}
