/**
 * Several replicas in this process over one log in memory, each with a port of its own, as a load balancer sees them.
 * @module
 */
import { composeMock } from '../../src/mock.js';
import type { MockOptions } from '../../src/options/options.js';
import { MemoryLogHub, type MemoryLogOptions } from '../../src/replicas/log/memory-hub.js';
import { MemoryLog } from '../../src/replicas/log/memory-log.js';
import type { SharedLog } from '../../src/replicas/shared-log.js';
import { MACHINE_TIME, type TimeSource } from '../../src/runtime/clock.js';
import { checkFault } from '../../src/sandbox/faults/schema.js';
import { reportOf } from '../../src/sandbox/verdict/report.js';

/** Options of `startFleet()`. */
export interface FleetOptions {
  /** How many replicas start. Default: 2. */
  readonly replicas?: number;
  /** Faults, times and limits of the log. Default: those of the machine. */
  readonly log?: Partial<MemoryLogOptions>;
  /** Opens the log in place of one in memory, whose hub is then not used. */
  readonly openLog?: () => SharedLog;
  /** This machine's time for all replicas. Default: the machine's. */
  readonly machine?: TimeSource;
  readonly onFailure?: '503' | 'refuse' | 'local';
}

/** Replicas that share a log. */
export interface Fleet {
  readonly hub: MemoryLogHub;
  /** Base URLs of the replicas, in the order in which they started. */
  readonly urls: readonly string[];
  /** The base URL of the replica whose turn it is. */
  next(): string;
  /** Starts one more replica. @returns its base URL */
  join(): Promise<string>;
  /** Stops a replica. */
  leave(url: string): Promise<void>;
  /** Stops all. */
  close(): Promise<void>;
}

/** Starts replicas. All have the same options. */
export async function startFleet(options: MockOptions, fleet: FleetOptions = {}): Promise<Fleet> {
  const { replicas = 2, log, machine = MACHINE_TIME, onFailure = '503', openLog } = fleet;
  const hub = new MemoryLogHub({ now: () => machine.precise(), ...log });
  const closing = new Map<string, () => Promise<void>>();
  let turn = 0;
  const join = async () => {
    const replication = { openLog: openLog ?? (() => new MemoryLog(hub)), onFailure, machine };
    const mock = await composeMock(options, { checkFault, reportOf }, undefined, replication);
    const { url } = await mock.listen();
    closing.set(url, () => mock.close());
    return url;
  };
  const leave = async (url: string) => {
    const close = closing.get(url);
    closing.delete(url);
    await close?.();
  };
  for (let i = 0; i < replicas; i++) await join();
  return {
    hub,
    get urls() {
      return [...closing.keys()];
    },
    next() {
      const urls = [...closing.keys()];
      turn += 1;
      return urls[turn % urls.length]!;
    },
    join,
    leave,
    async close() {
      for (const url of [...closing.keys()]) await leave(url);
    },
  };
}
