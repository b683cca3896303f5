/**
 * autocannon, where there is no wrk; it is fetched when it is needed. It takes far more CPU a request than wrk, so that a fast server may wait for it.
 * @module
 */
import { pinned } from '../machine.js';
import { output } from '../output.js';
import { install } from '../scratch.js';
import { CONNECTIONS, type Generator } from './window.js';

interface Report {
  readonly requests: { readonly total: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly duration: number;
  readonly '4xx': number;
  readonly '5xx': number;
  readonly errors: number;
}

/**
 * Installs autocannon where that has not been done yet, and runs it in a process for each window.
 * @throws where it cannot be fetched
 */
export async function autocannon(): Promise<Generator> {
  const { folder, version } = await install('autocannon');
  return {
    name: `autocannon ${version}`,
    async run(port, { method, path, headers, body }, seconds) {
      const flags = [
        ...['--json', '--no-progress', '-c', String(CONNECTIONS), '-d', String(seconds), '-m', method],
        ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
        ...(body === undefined ? [] : ['-I', '-b', body.replaceAll('{n}', '[<id>]')]),
        `http://127.0.0.1:${port}${path}`,
      ];
      const command = pinned('client', [process.execPath, `${folder}/autocannon.js`, ...flags]);
      const report = JSON.parse(await output(command, seconds * 1_000 + 30_000)) as Report;
      return {
        requests: report.requests.total,
        seconds: report.duration,
        p50: report.latency.p50,
        p99: report.latency.p99,
        refused: report['4xx'] + report['5xx'],
        failed: report.errors,
      };
    },
  };
}
