/**
 * Real libraries, in programs of their own, in real time: each does its day at all five providers, and the verdict says exactly what was expected of it.
 *
 * Nothing goes by the machine's speed: who waits too little is early by many seconds, who waits comes later on a slow machine, and that is not held against it.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMock, type Mock } from '../../src/mock.js';
import type { MockSandbox } from '../../src/mock-sandbox.js';
import { type End, endPrograms, start } from '../tools/child.js';
import { hasModule, hasProgram } from '../tools/skip.js';
import { dayOf, PROVIDERS, stepsOf } from './day.js';
import { CLIENTS, type Client } from './libraries.js';

const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url));

/** What takes a busy machine long is neither a wait nor a back-off of the client's: those are 200 ms and more. */
const BACK_OFF = { says: 'Wait after a failure', least: '150ms', evidence: { level: 'assumed' } };
const PATIENCE = PROVIDERS.flatMap((id) => [
  `${id}:advice.waited-too-long.slack=10m`,
  `${id}:advice.no-backoff=${JSON.stringify(BACK_OFF)}`,
]);

const there = {
  curl: hasProgram('curl'),
  'python3-requests': hasProgram('/usr/bin/python3') && hasModule('/usr/bin/python3', 'requests'),
};
const isThere = ({ needs }: Client) => needs === undefined || there[needs];

interface Run {
  readonly days: ReadonlyMap<string, MockSandbox>;
  readonly ended: Promise<End>;
}

const runs = new Map<Client, Promise<Run>>();
let mock: Mock | undefined;
let url: string;

/** Two start at a time, which is work; then they wait for the most part, all at the same time. */
beforeAll(async () => {
  const served = await createMock({ set: PATIENCE });
  mock = served;
  ({ url } = await served.listen());
  const lanes = [Promise.resolve(), Promise.resolve()];
  for (const [number, client] of CLIENTS.filter(isThere).entries()) {
    const begun = lanes[number % 2]!.then(() => begin(served, client, `client-${number}`));
    runs.set(
      client,
      begun.then(({ run }) => run),
    );
    lanes[number % 2] = begun.then(({ up }) => up);
  }
});
afterAll(async () => {
  await Promise.all(runs.values());
  await endPrograms();
  await mock?.close();
});

/** @returns `up`: once it has asked something */
async function begin(served: Mock, client: Client, name: string): Promise<{ run: Run; up: Promise<void> }> {
  const days = new Map(PROVIDERS.map((id) => [id, dayOf(served, `${name}-${id}`, id, client.day)]));
  const steps = PROVIDERS.map((id) => stepsOf(id, `${url}/~${name}-${id}/${id}`, client.day));
  const asked = [...days.values()].map((day) => day.waitForRequests({ count: 1, wait: '60s' }));
  const [program, ...args] = client.command;
  const { ended } = start(program, args, { cwd: PROGRAMS, env: { DAYS: JSON.stringify(steps) } });
  const up = Promise.race([ended, ...asked]).then(() => undefined);
  return { run: { days, ended }, up };
}

describe.each(CLIENTS)('$name', (client) => {
  test.skipIf(!isThere(client))(
    'fails what it should, and nothing else',
    async () => {
      const { days, ended } = await runs.get(client)!;
      const { code, stdout, stderr } = await ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const found = [...days].map(([id, day]) => [id, checksFailed(day)]);
      expect(Object.fromEntries(found), stdout).toEqual(client.fails);
      for (const [id, day] of days) {
        const { figures } = day.report({ ended: true }).profiles[0]!;
        // It was put to the test.
        expect(figures.refused, id).toBeGreaterThan(0);
        expect(figures.failed > 0, id).toBe(client.day.reads > 0);
      }
    },
    120_000,
  );
});

/** In the order in which they are made. */
function checksFailed(day: MockSandbox): string[] {
  const report = day.report({ ended: true }).profiles[0]!;
  return report.checks.filter(({ verdict }) => verdict === 'warn' || verdict === 'fail').map(({ check }) => check);
}
