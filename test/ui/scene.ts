/**
 * A realistic scene for the dashboard: three clients of one provider, one of which comes back before it was told to, an account near its day's limit, and a server
 * error.
 * @module
 */
import { Agent, request } from 'node:http';
import { createMock, type Mock } from '../../src/index.js';

/** A Tuesday morning. */
export const START = Date.parse('2026-05-12T08:14:03.000Z');

/** A mock on a port, with traffic of several clients. */
export interface Scene extends AsyncDisposable {
  readonly mock: Mock;
  readonly url: string;
  /** Sends one request as a client, on a connection of its own. */
  send(
    client: string,
    path: string,
    options?: { method?: string; body?: string; headers?: Record<string, string> },
  ): Promise<number>;
}

/** Tokens of the clients; their last characters tell them apart. */
const TOKENS: Readonly<Record<string, string>> = {
  'report-builder': 'ad_live_c0ffee00c0ffee00c0ffee00c0ff4e1a',
  'nightly-sync': 'ad_live_5eed0000face0000b00c0000feed77d2',
  'crm-import': 'ad_live_0ddba11000b16b00b5000000f00da9c4',
};

/** A server with the provider, its clock frozen, and nothing sent yet. */
export async function openServer(
  options: {
    controlToken?: string;
    controlTokenRequired?: boolean;
    profile?: string | string[];
    judge?: boolean;
    journalSize?: number;
  } = {},
): Promise<Scene> {
  const mock = await createMock({ profile: 'full-domination', clock: START, judge: true, ...options });
  await mock.clock.freeze();
  const { url, close } = await mock.listen({ port: 0 });
  const agents = new Map<string, Agent>();
  const send: Scene['send'] = (client, path, { method = 'GET', body, headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const agent = agents.get(client) ?? new Agent({ keepAlive: true, maxSockets: 1 });
      agents.set(client, agent);
      const token = TOKENS[client] ?? `ad_live_${client.padEnd(32, '0').slice(0, 32)}`;
      const sent = request(
        `${url}${path}`,
        {
          method,
          agent,
          headers: {
            Authorization: `Bearer ${token}`,
            'X-Mock429-Client': client,
            'User-Agent': 'acme-client/2.1 node',
            ...(body === undefined
              ? {}
              : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode ?? 0));
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    mock,
    url,
    send,
    [Symbol.asyncDispose]: async () => {
      for (const agent of agents.values()) agent.destroy();
      await close();
      await mock.close();
    },
  };
}

/** Six days of calls before, so that the trend has something to show. The journal is emptied, so that the timeline begins with today. */
export async function playHistory({ mock, send }: Scene): Promise<void> {
  const days = [38, 61, 44, 87, 112, 95];
  await mock.clock.set({ now: START - days.length * 86_400_000 });
  for (const calls of days) {
    for (let i = 0; i < calls; i++)
      await send(
        i % 5 === 0 ? 'crm-import' : i % 2 === 0 ? 'nightly-sync' : 'report-builder',
        '/v1/companies?limit=50',
      );
    await mock.clock.advance('1d');
  }
  mock.clearRequests();
}

/** Fills the scene. */
export async function play({ mock, send }: Scene): Promise<void> {
  const { clock } = mock;
  const burst = async (client: string, count: number, path: string) => {
    for (let i = 0; i < count; i++) await send(client, path);
  };
  // An earlier part of the day, so that the day's limit is near.
  await burst('nightly-sync', 1, '/v1/companies?limit=1');
  const day = mock
    .quotas()
    .find(({ policy, partition }) => policy === 'workspace-day' && partition['workspace'] !== undefined);
  mock.setQuota({ id: day!.id, used: 161_480 });
  await clock.advance('3s');
  for (let second = 0; second < 11; second++) {
    await burst('report-builder', 8 + (second % 3), '/v1/audits?limit=20');
    if (second % 2 === 0) await burst('nightly-sync', 3, '/v1/companies?limit=50');
    if (second % 3 === 1) await burst('crm-import', 2, '/v1/companies?limit=10');
    await clock.advance('900ms');
  }
  // The limit of its token: refused, and told to wait. It comes back all the same.
  await burst('report-builder', 24, '/v1/audits?limit=20');
  for (const pause of ['1s', '2s', '4s']) {
    await clock.advance(pause);
    await burst('report-builder', 2, '/v1/audits?limit=20');
    await burst('nightly-sync', 2, '/v1/companies?limit=50');
  }
  mock.faults.add({ match: { path: '/v1/companies' }, status: 503, times: 2 });
  await burst('crm-import', 3, '/v1/companies?limit=10');
  await clock.advance('6s');
  await send('crm-import', '/v1/audits', { method: 'POST', body: '{"companyId":"cmp_abc"}' });
  await burst('nightly-sync', 4, '/v1/companies?limit=50');
  await clock.advance('5s');
  await burst('crm-import', 4, '/v1/companies?limit=10');
  mock.faults.add({ match: { path: '/v1/audits' }, delayMs: 800, times: 3 });
}
