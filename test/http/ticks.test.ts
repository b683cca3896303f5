/** Ticks: the events of a sandbox at intervals, with exact counts and few entries. */
import { describe, expect, it } from 'vitest';
import { BACKLOG, type Tick, tickStream } from '../../src/http/web/tick-stream.js';
import { readTail } from '../../src/sandbox/journal/tail.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { EventParser } from '../../src/ui/data/sse.js';
import { tinyControl } from './control-sandbox.js';

/** Reads the ticks of a sandbox one by one. */
function ticksOf(sandbox: Sandbox, options: { limit?: number; after?: number } = {}) {
  const abort = new AbortController();
  const stream = tickStream(sandbox, { every: 1, limit: options.limit ?? 50, after: options.after }, abort.signal);
  const reader = stream.getReader();
  const parser = new EventParser();
  const waiting: { id: string; tick: Tick }[] = [];
  return {
    async next() {
      while (waiting.length === 0) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        for (const { id, data } of parser.push(new TextDecoder().decode(value)))
          waiting.push({ id, tick: JSON.parse(data) as Tick });
      }
      return waiting.shift()!;
    },
    end: () => abort.abort(),
  };
}

async function send({ send: one }: ReturnType<typeof tinyControl>, count: number, path = '/things'): Promise<void> {
  for (let i = 0; i < count; i++) await one(path);
}

describe('the tail of the journal', () => {
  it('counts every request exactly, and selects entries among all of them', async () => {
    const control = tinyControl();
    await send(control, 40);
    const tail = readTail(control.sandbox.journal, 0, 10);
    expect(tail).toMatchObject({ next: 40, requests: 40, refused: 35, failed: 0, lost: 0, omitted: 30 });
    expect(tail.refusedBy).toEqual([{ profile: 'tiny', policy: 'key-minute', refused: 35 }]);
    const ids = tail.entries.map(({ id }) => Number(id));
    expect(ids).toHaveLength(10);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(tail.entries.filter(({ admitted }) => admitted)).toHaveLength(3);
    expect(ids.at(-1)).toBe(40);
  });

  it('goes on where the one before has ended', async () => {
    const control = tinyControl();
    await send(control, 3);
    const first = readTail(control.sandbox.journal, 0, 50);
    await send(control, 4);
    const second = readTail(control.sandbox.journal, first.next, 50);
    expect([...first.entries, ...second.entries].map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(second).toMatchObject({ requests: 4, omitted: 0 });
  });

  it('says how many rows the journal no longer has', async () => {
    const control = tinyControl();
    await send(control, 5);
    control.sandbox.journal.clear();
    await send(control, 2);
    expect(readTail(control.sandbox.journal, 0, 50)).toMatchObject({
      requests: 7,
      lost: 5,
      omitted: 5,
      refused: 2,
      rows: [5, 6],
      oldest: 5,
    });
  });

  it('counts the requests of a restored snapshot as what they were', async () => {
    const control = tinyControl();
    await send(control, 7);
    const { sandbox } = control;
    sandbox.restore(sandbox.snapshot({ journal: true }), (fault) => fault as never);
    const tail = readTail(sandbox.journal, sandbox.journal.ring.next - 7, 50);
    expect(tail).toMatchObject({ requests: 7, refused: 2, failed: 0, lost: 0, omitted: 0 });
    expect(tail.refusedBy).toEqual([{ profile: 'tiny', policy: 'key-minute', refused: 2 }]);
  });

  it('begins anew for a row of another process', async () => {
    const control = tinyControl();
    await send(control, 2);
    expect(readTail(control.sandbox.journal, 900, 50).entries).toHaveLength(2);
  });

  it('counts failures', async () => {
    const control = tinyControl();
    control.sandbox.addFault({ status: 503, times: 1 });
    await send(control, 2);
    expect(readTail(control.sandbox.journal, 0, 50)).toMatchObject({ failed: 1, refused: 0 });
  });
});

describe('ticks', () => {
  it('begin with the newest entries, and then tell what has happened since', async () => {
    const control = tinyControl();
    await send(control, 7);
    const ticks = ticksOf(control.sandbox, { limit: 2 });
    const first = (await ticks.next())!;
    expect(first.id).toBe('7');
    expect(first.tick).toMatchObject({ requests: 7, omitted: 0, total: { requests: 7, refused: 2 }, events: [] });
    expect(first.tick.clock).toEqual(control.sandbox.clock.read());
    await send(control, 6);
    const second = (await ticks.next())!;
    expect(second.tick).toMatchObject({ requests: 6, refused: 6, omitted: 4, total: { requests: 13, refused: 8 } });
    expect(second.tick.entries).toHaveLength(2);
    ticks.end();
    expect(await ticks.next()).toBeUndefined();
    expect(control.sandbox.events.listeners).toBe(0);
  });

  it('hold the other events, and none of the requests', async () => {
    const control = tinyControl();
    const ticks = ticksOf(control.sandbox);
    await ticks.next();
    await control.sandbox.advanceClock(5);
    await send(control, 1);
    control.sandbox.reset();
    const { tick } = (await ticks.next())!;
    expect(tick.events.map(({ type }) => type)).toEqual(['clock', 'reset']);
    ticks.end();
  });

  it('say where the journal begins, also when it is emptied and nothing else happens', async () => {
    const control = tinyControl();
    await send(control, 4);
    const ticks = ticksOf(control.sandbox);
    expect((await ticks.next())!.tick.first).toBe(1);
    await control.ask('DELETE', '/requests');
    expect((await ticks.next())!.tick).toMatchObject({ first: 5, requests: 0, entries: [] });
    await send(control, 1);
    expect((await ticks.next())!.tick).toMatchObject({ first: 5, entries: [{ id: '5' }] });
    control.sandbox.reset();
    expect((await ticks.next())!.tick.first).toBe(6);
    ticks.end();
  });

  it('go on after the id that a returning reader names', async () => {
    const control = tinyControl();
    await send(control, 5);
    const ticks = ticksOf(control.sandbox, { after: 3 });
    expect((await ticks.next())!.tick.entries.map(({ id }) => id)).toEqual(['4', '5']);
    ticks.end();
  });

  it('a first one is bounded as well', async () => {
    const control = tinyControl();
    await send(control, BACKLOG + 20);
    const ticks = ticksOf(control.sandbox);
    const { tick } = (await ticks.next())!;
    expect([tick.entries.length, tick.omitted]).toEqual([BACKLOG, 20]);
    ticks.end();
  });

  it('end with the sandbox', async () => {
    const control = tinyControl();
    const ticks = ticksOf(control.sandbox);
    await ticks.next();
    const end = ticks.next();
    control.sandbox.end();
    expect(await end).toBeUndefined();
  });

  it('make no entry of a request that is not sent to the reader', async () => {
    const control = tinyControl();
    const ticks = ticksOf(control.sandbox, { limit: 1 });
    await ticks.next();
    let read = 0;
    const { journal } = control.sandbox;
    const entry = journal.entry.bind(journal);
    journal.entry = (row) => {
      read += 1;
      return entry(row);
    };
    await send(control, 200);
    await ticks.next();
    expect(read).toBe(1);
    ticks.end();
  });
});

describe('GET /events with an interval', () => {
  it.each([
    ['/events?every=1ms', 'every'],
    ['/events?every=2h', 'every'],
    ['/events?every=soon', 'every'],
    ['/events?limit=5', 'limit'],
    ['/events?every=250ms&limit=501', 'limit'],
    ['/events?every=250ms&limit=0', 'limit'],
    ['/events?evry=250ms', 'evry'],
  ])('%s is refused', async (path, field) => {
    const { status, body } = await tinyControl().ask('GET', path);
    expect([status, body.field]).toEqual([400, field]);
  });
});

describe('GET /quotas', () => {
  it('lists those nearest to their limit first, at most so many, and says how many there are', async () => {
    const control = tinyControl();
    for (const [key, count] of [
      ['tiny_live_one', 1],
      ['tiny_live_two', 4],
      ['tiny_live_three', 9],
    ] as const)
      for (let i = 0; i < count; i++) await control.send('/things', key);
    const used = async (query: string) => {
      const { body } = await control.ask('GET', `/quotas?${query}`);
      return [body.quotas.map(({ remaining }: { remaining: number }) => remaining), body.total];
    };
    expect(await used('')).toEqual([[4, 1, 0], undefined]);
    expect(await used('sort=nearest')).toEqual([[0, 1, 4], undefined]);
    expect(await used('sort=nearest&limit=2')).toEqual([[0, 1], 3]);
    expect(await used('limit=1')).toEqual([[4], 3]);
    expect(await used('policy=running&limit=9')).toEqual([[], 0]);
    expect(await used('profile=tiny&policy=key-minute&limit=9')).toEqual([[4, 1, 0], 3]);
    expect(control.sandbox.quotas({ sort: 'nearest', limit: 1 })).toHaveLength(1);
  });

  it('finds the nearest ones among very many', async () => {
    const control = tinyControl();
    const all = Array.from({ length: 3_000 }, (_, i) => i);
    for (const i of all)
      control.sandbox.setQuota({ policy: 'key-minute', partition: { key: `tiny_live_${i}` }, used: (i * 7) % 5 });
    const expected = control.sandbox.quotas({ sort: 'nearest' }).slice(0, 5);
    expect(control.sandbox.listQuotas({ sort: 'nearest', limit: 5 })).toEqual({
      quotas: expected,
      total: control.sandbox.quotas().length,
    });
    expect(expected.map(({ remaining }) => remaining)).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([
    ['/quotas?sort=name', 'sort'],
    ['/quotas?limit=0', 'limit'],
    ['/quotas?policy=nothing', 'policy'],
    ['/quotas?profile=nothing', 'profile'],
  ])('%s is refused', async (path, field) => {
    const { status, body } = await tinyControl().ask('GET', path);
    expect([status, body.field]).toEqual([400, field]);
  });
});
