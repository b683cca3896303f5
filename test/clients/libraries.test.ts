/**
 * Real libraries, in programs of their own, in real time: each does its day at all five providers, and the verdict says exactly what was expected of it.
 *
 * Nothing goes by the machine's speed: who waits too little is early by a second or more or has many chances to be seen, who waits comes later on a slow machine.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMock, type Mock } from '../../src/mock.js';
import type { MockSandbox } from '../../src/mock-sandbox.js';
import { endPrograms, type Program, start } from '../tools/child.js';
import { hasModule, hasProgram } from '../tools/skip.js';
import { dayOf, PROVIDERS, stepsOf } from './day.js';
import { CLIENTS, type Client } from './libraries.js';

const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url));

const there = {
  curl: hasProgram('curl'),
  'python3-requests': hasProgram('/usr/bin/python3') && hasModule('/usr/bin/python3', 'requests'),
};
const runs = new Map<Client, { readonly program: Program; readonly days: ReadonlyMap<string, MockSandbox> }>();
let mock: Mock;

/** All at once: what they do is wait, for the most part. */
beforeAll(async () => {
  mock = await createMock();
  const { url } = await mock.listen();
  for (const [number, client] of CLIENTS.entries()) {
    if (client.needs && !there[client.needs]) continue;
    const names = new Map(PROVIDERS.map((id) => [id, `client-${number}-${id}`]));
    const days = new Map([...names].map(([id, name]) => [id, dayOf(mock, name, id, client.failures)]));
    const steps = [...names].map(([id, name]) => stepsOf(id, `${url}/~${name}/${id}`, client.failures));
    const [program, ...args] = client.command;
    runs.set(client, { program: start(program, args, { cwd: PROGRAMS, env: { DAYS: JSON.stringify(steps) } }), days });
  }
});
afterAll(async () => {
  await endPrograms();
  await mock.close();
});

describe.each(CLIENTS)('$name', (client) => {
  test.skipIf(client.needs && !there[client.needs])('fails what it should, and nothing else', async () => {
    const { program, days } = runs.get(client)!;
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = [...days].map(([id, day]) => [id, checksFailed(day)]);
    expect(Object.fromEntries(found), stdout).toEqual(client.fails);
    for (const [id, day] of days) {
      const { figures } = day.report({ ended: true }).profiles[0]!;
      // It was put to the test.
      expect(figures.refused, id).toBeGreaterThan(0);
      expect(figures.failed > 0, id).toBe(client.failures.reads > 0);
    }
  });
});

/** In the order in which they are made. */
function checksFailed(day: MockSandbox): string[] {
  const report = day.report({ ended: true }).profiles[0]!;
  return report.checks.filter(({ verdict }) => verdict !== 'pass').map(({ check }) => check);
}
