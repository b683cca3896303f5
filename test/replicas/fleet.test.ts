/** What replicas do with each other's requests and sandboxes, over sockets. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});

const json = { 'content-type': 'application/json' };
const key = { 'X-API-Key': 'klinky_live_aaaabbbb' };

describe('a fleet', () => {
  test('goes on without a replica that stops, with the delayed requests of the others', async () => {
    fleet = await startFleet({ profile: 'klinky', clock: 'frozen' });
    const [stays, stops] = fleet.urls as [string, string];
    await fetch(`${stays}/__mock429/faults`, { method: 'POST', headers: json, body: '{"delayMs":60000,"times":1}' });
    const slow = fetch(`${stays}/api/v1/public/links`, { headers: key });
    const inFlight = async () =>
      ((await (await fetch(`${stays}/__mock429/in-flight`)).json()) as { inFlight: unknown[] }).inFlight.length;
    while ((await inFlight()) === 0);
    await fleet.leave(stops);
    await fetch(`${stays}/__mock429/clock/advance`, { method: 'POST', headers: json, body: '{"duration":"1m"}' });
    expect((await slow).status).toBe(200);
  });

  test('answers a delayed request of a replica that stops, and ends it at the others', async () => {
    fleet = await startFleet({ profile: 'klinky', clock: 'frozen' });
    const [stays, stops] = fleet.urls as [string, string];
    await fetch(`${stays}/__mock429/faults`, { method: 'POST', headers: json, body: '{"delayMs":60000,"times":1}' });
    const slow = fetch(`${stops}/api/v1/public/links`, { headers: key });
    const inFlight = async () =>
      ((await (await fetch(`${stays}/__mock429/in-flight`)).json()) as { inFlight: unknown[] }).inFlight.length;
    while ((await inFlight()) === 0);
    await fleet.leave(stops);
    expect((await slow).status).toBe(200);
    expect(await inFlight()).toBe(0);
  });

  test('counts a call of the control API as a use of its sandbox, at every replica', async () => {
    fleet = await startFleet({ profile: 'klinky' });
    const names = async (url: string) => {
      const { sandboxes } = (await (await fetch(`${url}/__mock429/sandboxes`)).json()) as {
        sandboxes: { name: string; usedAt: string }[];
      };
      return sandboxes.map(({ name, usedAt }) => ({ name, usedAt }));
    };
    for (const name of ['a', 'b', 'a']) await fetch(`${fleet.next()}/~${name}/__mock429/quotas`);
    const [first, second] = await Promise.all(fleet.urls.map(names));
    expect(first!.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(second).toEqual(first);
  });
});
