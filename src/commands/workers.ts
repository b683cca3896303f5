/**
 * Serves one port with several processes (`--workers`). They share their state in a store; this process only starts them, and starts one again that has ended.
 * @module
 */
import cluster from 'node:cluster';
import type { WriteLog } from '../sandbox/core.js';
import type { Io } from './terminal/io.js';

/** The number of this process among the workers, from 1; `undefined` if it is not one. */
export function workerNumber(): number | undefined {
  return cluster.worker?.id;
}

/**
 * Runs the workers until the program is stopped.
 *
 * @returns the exit code: that of the first worker if it could not start
 */
export async function superviseWorkers(count: number, io: Io, log: WriteLog): Promise<number> {
  let isStopping = false;
  let hasServed = false;
  let code = 0;
  const ended = new Promise<void>((resolve) => {
    cluster.on('listening', () => {
      if (hasServed) return;
      hasServed = true;
      if (!isStopping) for (let i = 1; i < count; i++) cluster.fork();
    });
    cluster.on('exit', (worker, exitCode, signal) => {
      const isLast = Object.keys(cluster.workers ?? {}).length === 0;
      if (isStopping || !hasServed) {
        if (!hasServed) code = exitCode || code;
        if (!hasServed) stop();
        if (isLast) resolve();
        return;
      }
      log('warn', `worker ${worker.id} has ended (${signal ?? `exit code ${exitCode}`}); another one is started`);
      cluster.fork();
    });
  });
  function stop(): void {
    isStopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  }
  // The others follow once the first one serves: if it cannot start, it says why, and they could not either.
  cluster.fork();
  void io.stopped.then(stop);
  await ended;
  return code;
}
