/**
 * What providers keep (items, jobs, webhooks) in a state that another server goes on with.
 */

import { describe, expect, test, vi } from 'vitest';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandboxes } from '../../src/sandbox/sandboxes.js';
import { SavedState } from '../../src/sandbox/snapshot/saved-state.js';
import { loadedProvider } from '../helpers/providers.js';
import { START } from './lab.js';

type Settings = NonNullable<Parameters<typeof loadedProvider>[1]>;

function open(settings: Settings = {}, clock: { frozen?: boolean; now?: number } = { frozen: true, now: START }) {
  const sent: { url: string; at: number }[] = [];
  const sandboxes: Sandboxes = new Sandboxes({
    providers: [loadedProvider('prediction', settings)],
    plans: {},
    clock,
    log: () => {},
    deliver: async (url) => {
      sent.push({ url, at: sandboxes.main.clock.now() - START });
      return { status: 200 };
    },
  });
  const state = new SavedState(sandboxes, {}, (fault) => fault);
  const send = (method: string, path: string, body?: unknown, hold?: (left: () => void) => void) => {
    const done: (() => void)[] = [];
    const headers: Record<string, string> = { authorization: 'Bearer sk_live_a', 'content-type': 'application/json' };
    const answer = sandboxes.main.handle(
      'prediction',
      {
        method,
        path,
        rawQuery: '',
        header: (one) => headers[one.toLowerCase()],
        ip: '',
        body: ReceivedBody.of(body === undefined ? '' : JSON.stringify(body)),
        base: () => 'http://mock.localhost',
      },
      { onDone: (listener) => done.push(listener) },
    );
    if (hold)
      hold(() => {
        for (const listener of done) listener();
      });
    return answer as Answer;
  };
  const create = (webhook?: string) =>
    JSON.parse(
      String(
        send('POST', '/v1/black-forest-labs/flux-kontext-max/predictions', { input: { prompt: 'x' }, webhook }).body,
      ),
    ).job_id as string;
  const goOn = (other: Settings = {}) => {
    const server = open(other);
    return { ...server, loaded: server.state.load([...state.write()].join('')) };
  };
  const running = () => sandboxes.main.quotas().filter(({ policy }) => policy === 'key-running');
  return { sandboxes, state, sent, send, create, goOn, running };
}

describe('a server that closes', () => {
  test('tells nobody of a job that has not ended; the next one does, once it has', async () => {
    const { sandboxes, sent, create, goOn } = open();
    const id = create('http://127.0.0.1:9/one');
    await sandboxes.close();
    expect(sent).toEqual([]);
    const next = goOn();
    expect(next.sandboxes.main.jobs.list()).toMatchObject([{ id, state: 'processing' }]);
    await next.sandboxes.main.advanceClock(60_000);
    expect(next.sent).toEqual([{ url: 'http://127.0.0.1:9/one', at: 10_000 }]);
  });

  test('answers what waits, and has that in its state', async () => {
    const { sandboxes, send, goOn } = open();
    sandboxes.main.addFault({ match: {}, delayMs: 60_000, times: 1 });
    let left = () => {};
    const waiting = send(
      'POST',
      '/v1/black-forest-labs/flux-kontext-max/predictions',
      { input: { prompt: 'x' } },
      (one) => {
        left = one;
      },
    ) as unknown as Promise<Answer>;
    const closed = sandboxes.close();
    expect((await waiting).status).toBe(201);
    left();
    await closed;
    expect(goOn().sandboxes.main.jobs.list()).toHaveLength(1);
  });
});

describe('the revision', () => {
  test('is another one once a webhook has been told, by the time alone', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    try {
      const { state, create, sent } = open({}, {});
      create('http://127.0.0.1:9/one');
      const before = state.revision;
      await vi.advanceTimersByTimeAsync(9_999);
      expect([sent.length, state.revision]).toEqual([0, before]);
      await vi.advanceTimersByTimeAsync(1);
      expect(sent.length).toBe(1);
      expect(state.revision).not.toBe(before);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is another one once jobs are to run otherwise', () => {
    const { sandboxes, state } = open();
    const before = state.revision;
    sandboxes.main.jobs.setDefaults('prediction', { runTimeMs: 5 });
    expect(state.revision).not.toBe(before);
  });
});

describe('a profile that has changed', () => {
  test('in a policy that jobs hold units of has them hold none', async () => {
    const { create, goOn, running } = open();
    create();
    create();
    expect(running()).toMatchObject([{ used: 2 }]);
    const same = goOn();
    expect(same.running()).toMatchObject([{ used: 2 }]);
    const other = goOn({ set: [{ path: 'policies.key-running.partitionBy', value: ['account'] }] });
    expect(other.loaded.dropped).toEqual(['prediction now counts key-running in another way; its counts are dropped']);
    expect(other.running()).toEqual([]);
    expect(other.sandboxes.main.jobs.list().map(({ holds }) => holds)).toEqual([[], []]);
    await other.sandboxes.main.advanceClock(60_000);
    expect(other.running()).toEqual([]);
  });

  test('in a collection has that filled anew, and the others go on', () => {
    const { create, goOn } = open();
    create();
    const { loaded, sandboxes } = goOn({ set: [{ path: 'collections.predictions.order', value: 'newest-first' }] });
    expect(loaded.dropped).toEqual(['prediction now defines predictions in another way; its items are dropped']);
    expect(sandboxes.main.jobs.list()).toEqual([]);
    expect(sandboxes.main.quotas().find(({ policy }) => policy === 'key-minute')).toMatchObject({ used: 1 });
  });

  test('in what nothing is remembered of has lost nothing', () => {
    const { create, goOn } = open();
    create();
    expect(goOn({ set: [{ path: 'title', value: 'Other' }] }).loaded.dropped).toEqual([]);
  });
});
