/**
 * Others in the same run: a limiter on bare Hono, and two mock servers that serve klinky's document.
 *
 * The mock servers are sent the same request; what they answer is up to them.
 * @module
 */
import type { ServerSpec } from '../processes.js';
import type { Installed } from '../scratch.js';
import type { Traffic } from '../traffic.js';
import { FIRST } from './targets.js';

/** Another program that is measured beside mock429. */
export interface Peer {
  /** Name of its row. */
  readonly name: string;
  /** Name of its npm package, which is installed when it is first measured. */
  readonly package: string;
  /** The request that it is sent. */
  readonly traffic: Traffic;
  /** @param body what mock429 answers, as JSON */
  server(installed: Installed, body: string): ServerSpec;
}

const DOCUMENT = 'openapi/klinky.yaml';
const link = FIRST.traffic.path;

/** The programs that are measured beside mock429, unless `--no-peers` or `--quick` is given. */
export const peers: readonly Peer[] = [
  {
    name: 'hono-rate-limiter',
    package: 'hono-rate-limiter',
    traffic: { ...FIRST.traffic, path: '/items/550e8400-e29b-41d4-a716-446655440000' },
    server: ({ folder }, body) => ({
      args: (port) => ['bench/servers/hono-rate-limiter.mjs', String(port)],
      env: { LIMITER: `${folder}/dist/index.js`, FLOOR: `{"body":${body}}` },
    }),
  },
  {
    name: 'Prism',
    package: '@stoplight/prism-cli',
    // It leaves out the path of the document's server.
    traffic: { ...FIRST.traffic, path: link.replace('/api/v1', '') },
    server: ({ folder }) => ({
      args: (port) => [`${folder}/dist/index.js`, 'mock', '--host', '127.0.0.1', '--port', String(port), DOCUMENT],
    }),
  },
  {
    name: 'Mockoon',
    package: '@mockoon/cli',
    traffic: FIRST.traffic,
    server: ({ folder }) => ({
      args: (port) => [
        ...[`${folder}/bin/run.js`, 'start', '--data', DOCUMENT, '--disable-log-to-file'],
        ...['--hostname', '127.0.0.1', '--port', String(port)],
      ],
    }),
  },
];
