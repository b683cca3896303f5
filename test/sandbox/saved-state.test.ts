/**
 * All sandboxes as one text: what goes on from it, what a changed profile leaves of it, and what of it is refused.
 */

import { describe, expect, test } from 'vitest';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandboxes } from '../../src/sandbox/sandboxes.js';
import { SavedState } from '../../src/sandbox/snapshot/saved-state.js';
import { documented, labProvider, refusal, START } from './lab.js';

const limit = {
  algorithm: 'fixed-window',
  quota: 5,
  window: { length: '60s', start: 'first-request' },
  partitionBy: ['key'],
  refusal,
  evidence: documented,
};
const account = { ...limit, quota: 50, partitionBy: ['account'] };
const usual = labProvider({ limit, account });

/** A server's sandboxes, and what is kept of them. */
function open(
  providers: readonly Provider[] = [usual],
  { plans = {}, ...more }: { plans?: Record<string, string>; maxSandboxes?: number } = {},
) {
  const sandboxes = new Sandboxes({
    providers,
    plans,
    clock: { frozen: true, now: START },
    log: () => {},
    deliver: async () => ({ status: 200 }),
    ...more,
  });
  const state = new SavedState(sandboxes, plans, (fault) => fault);
  const call = (name = '', key = 'k_a') => {
    const done: (() => void)[] = [];
    const answer = sandboxes.get(name).handle(
      'lab',
      {
        method: 'GET',
        path: '/things',
        rawQuery: '',
        header: (header) => (header.toLowerCase() === 'x-key' ? key : undefined),
        ip: '127.0.0.1',
        body: ReceivedBody.of(''),
      },
      { onDone: (listener) => done.push(listener) },
    ) as Answer;
    for (const listener of done) listener();
    return answer.status;
  };
  const used = (policy: string, name = '') =>
    sandboxes
      .get(name)
      .quotas()
      .filter((quota) => quota.policy === policy)
      .map((quota) => quota.used);
  return { sandboxes, state, call, used, text: () => [...state.write()].join('') };
}

/** Another server with that text. */
function goOn(text: string, ...rest: Parameters<typeof open>) {
  const server = open(...rest);
  return { ...server, loaded: server.state.load(text) };
}

describe('a state', () => {
  test('has every sandbox go on, clock and numbers of requests included', async () => {
    const before = open();
    before.call();
    before.call('t1');
    before.call('t1');
    before.sandboxes.main.addFault({ match: {}, status: 503, times: 1 });
    before.sandboxes.get('t1').setAccount('lab', 'acme', { plan: 'unlimited', keys: ['k_z'] });
    await before.sandboxes.get('t1').advanceClock(1_000);
    const text = before.text();
    const { sandboxes, loaded, call, used, text: again } = goOn(text);
    expect(loaded).toMatchObject({ sandboxes: 2, dropped: [] });
    expect([used('limit'), used('limit', 't1')]).toEqual([[1], [2]]);
    expect(sandboxes.get('t1').clock.now()).toBe(START + 1_000);
    expect(sandboxes.get('t1').accounts('lab')).toContainEqual(
      expect.objectContaining({ id: 'acme', plan: 'unlimited', keys: ['k_z'] }),
    );
    const stripped = (one: string) => ({ ...JSON.parse(one), savedAt: '' });
    expect(stripped(again())).toEqual(stripped(text));
    expect([call(), call()]).toEqual([503, 200]);
    expect(sandboxes.main.requests().map(({ id }) => id)).toEqual(['2', '3']);
  });

  test('is one JSON document, with credentials in full', () => {
    const { call, text } = open();
    call('', 'k_secret');
    expect(JSON.parse(text())).toMatchObject({ format: 'mock429-state', version: 1, sandboxes: [{ name: '' }] });
    expect(text()).toContain('k_secret');
  });

  test('keeps the order in which sandboxes were used, and no more than there may be', () => {
    const before = open();
    for (const name of ['a', 'b', 'c', 'a']) before.call(name);
    const { sandboxes } = goOn(before.text(), [usual], { maxSandboxes: 2 });
    expect(sandboxes.list().map(({ name }) => name)).toEqual(['c', 'a']);
  });

  test('leaves out a sandbox that is removed while it is written', () => {
    const { sandboxes, state, call } = open();
    call('a');
    call('b');
    const pieces = state.write();
    const written = [pieces.next().value, pieces.next().value];
    sandboxes.remove('a');
    const text = [...written, ...pieces].join('');
    expect(JSON.parse(text).sandboxes.map(({ name }: { name: string }) => name)).toEqual(['', 'b']);
  });
});

describe('the revision', () => {
  const { sandboxes, state, call } = open();
  const main = () => sandboxes.main;
  test.each<[what: string, change: () => unknown]>([
    ['a request', () => call()],
    ['a request to another sandbox', () => call('t1')],
    ['a sandbox that is made', () => sandboxes.get('t2')],
    ['a sandbox that is removed', () => sandboxes.remove('t2')],
    ['one of the same name', () => sandboxes.get('t2')],
    ['a quota that is set', () => main().setQuota({ policy: 'limit', partition: { key: 'k_b' }, remaining: 1 })],
    ['an account that is set', () => main().setAccount('lab', 'acme', { plan: 'unlimited' })],
    ['a fault', () => main().addFault({ match: {}, status: 503 })],
    ['a fault that is taken away', () => main().faults.remove()],
    ['a clock that is moved', () => main().advanceClock(1)],
    ['a reset', () => main().reset()],
    ['a snapshot that is restored', () => main().restore(main().snapshot(), (fault) => fault)],
    ['another edition of a profile', () => sandboxes.replaceProvider(labProvider({ limit, account }))],
  ])('is another one after %s', (_what, change) => {
    const before = state.revision;
    expect(state.revision).toBe(before);
    void change();
    expect(state.revision).not.toBe(before);
  });

  test('is the same after somebody has only looked', () => {
    const before = state.revision;
    main().quotas();
    main().snapshot();
    main().requests();
    sandboxes.list();
    state.write().next();
    expect(state.revision).toBe(before);
  });
});

describe('a profile that has changed', () => {
  const before = open();
  before.call();
  before.call();
  before.call('t1');
  before.sandboxes.main.setAccount('lab', 'acme', { quotas: { limit: 3, account: 9 } });
  const text = before.text();

  test('in its quotas goes on with all counts', () => {
    const { loaded, used, call } = goOn(text, [labProvider({ limit: { ...limit, quota: 2 }, account })]);
    expect(loaded.dropped).toEqual([]);
    expect(used('limit')).toEqual([2]);
    expect(call()).toBe(429);
  });

  test('in how one policy counts goes on with the others, and says so once', () => {
    const other = labProvider({ limit: { ...limit, window: { length: '5m', start: 'first-request' } }, account });
    const { loaded, used } = goOn(text, [other]);
    expect(loaded.dropped).toEqual(['lab now counts limit in another way; its counts are dropped']);
    expect([used('limit'), used('account')]).toEqual([[], [2]]);
  });

  test('in its policies goes on with those that are left', () => {
    const { loaded, sandboxes, used } = goOn(text, [labProvider({ account })]);
    expect(loaded.dropped).toEqual([
      'lab no longer has the policy limit; its counts are dropped',
      'lab no longer has the policy limit; quotas of accounts for it are dropped',
    ]);
    expect(used('account')).toEqual([2]);
    expect(sandboxes.main.accounts('lab').find(({ id }) => id === 'acme')!.quotas).toEqual({ account: 9 });
  });

  test('in the plan that its default account is on has that account on the new one', () => {
    const { sandboxes } = goOn(text, [usual], { plans: { lab: 'unlimited' } });
    expect(sandboxes.main.accounts('lab').find(({ id }) => id === 'home')!.plan).toBe('unlimited');
    expect(sandboxes.main.accounts('lab').find(({ id }) => id === 'acme')!.plan).toBe('basic');
  });

  test('that is not served keeps its state for a later start', () => {
    const without = goOn(text, []);
    expect(without.loaded.dropped).toEqual(['lab is not served now; its state stays in the file']);
    without.sandboxes.remove('t1');
    const { loaded, used, sandboxes } = goOn(without.text());
    expect(loaded.dropped).toEqual([]);
    expect(used('limit')).toEqual([2]);
    expect(sandboxes.list()).toEqual([]);
  });

  test('takes with it faults for what it has no more', () => {
    const server = open();
    server.sandboxes.main.addFault({ match: { operationId: 'getStatus' }, status: 503 });
    server.sandboxes.main.addFault({ match: { profile: 'lab' }, status: 503 });
    server.sandboxes.main.addFault({ match: {}, status: 500 });
    const state = JSON.parse(server.text());
    state.sandboxes[0].snapshot.faults.list[0].match.operationId = 'getStation';
    const { loaded, sandboxes } = goOn(JSON.stringify(state));
    expect(loaded.dropped).toEqual(['fault-1 is for the operation getStation, which no longer exists; it is dropped']);
    expect(sandboxes.main.faults.list().map(({ id }) => id)).toEqual(['fault-2', 'fault-3']);
    expect(goOn(server.text(), []).loaded.dropped).toContain(
      'fault-2 is for lab, which is not served now; it is dropped',
    );
  });

  test('may find a clock that has run too far', () => {
    const state = JSON.parse(text);
    state.sandboxes[0].snapshot.clock = { mode: 'offset', now: START, realNow: 0, rate: 1_000_000 };
    const { loaded, sandboxes, used } = goOn(JSON.stringify(state));
    expect(loaded.dropped).toEqual([expect.stringMatching(/^a clock would have run out of its range/)]);
    expect(sandboxes.main.clock.read().mode).toBe('system');
    expect(sandboxes.get('t1').clock.now()).toBe(START);
    expect(used('limit', 't1')).toEqual([1]);
  });
});

describe('a text that is refused', () => {
  const good = () => {
    const { call, text } = open();
    call('', 'k_verysecret');
    call('t1', 'k_verysecret');
    return text();
  };
  // biome-ignore lint/suspicious/noExplicitAny: what a test breaks is for the test to know
  const edited = (edit: (state: any) => void) => {
    const state = JSON.parse(good());
    edit(state);
    return JSON.stringify(state);
  };
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const keys = (state: any) => state.sandboxes[1].snapshot.profiles.lab.accounts[0];
  test.each<[what: string, text: string, detail: RegExp]>([
    ['nothing', '', /^it is empty$/],
    ['one that breaks off', good().slice(0, -20), /^it is truncated$|^it is not JSON \(at position \d+ of \d+\)$/],
    ['none', 'k_verysecret', /^it is not JSON/],
    ['null', 'null', /format is not "mock429-state"/],
    ['other JSON', '{"format":"other"}', /format is not "mock429-state"/],
    ['a snapshot', JSON.stringify(open().sandboxes.main.snapshot()), /snapshot of one sandbox.*PUT \/snapshot/],
    [
      'a newer version',
      edited((state) => {
        state.version = 2;
      }),
      /of version 2, and this mock429 reads 1/,
    ],
    [
      'another version',
      edited((state) => {
        state.version = 'x';
      }),
      /version is not 1/,
    ],
    [
      'a missing part',
      edited((state) => {
        delete state.editions;
      }),
      /^editions is not valid$/,
    ],
    [
      'a profile without an edition',
      edited((state) => {
        state.editions = {};
      }),
      /^sandboxes\.0\.snapshot\.profiles\.lab is not/,
    ],
    [
      'a wrong value, which is not told',
      edited((state) => {
        keys(state).keys = { k_verysecret: 1 };
      }),
      /^sandboxes\.1\.snapshot\.profiles\.lab\.accounts\.0\.keys is not valid$/,
    ],
    [
      'a sandbox that cannot be called so',
      edited((state) => {
        state.sandboxes[1].name = 'a/b';
      }),
      /^sandboxes\.1\.name is not/,
    ],
    [
      'too many levels',
      good().replace('"sandboxes":[', `"sandboxes":[${'['.repeat(100_000)}${']'.repeat(100_000)},`),
      /./,
    ],
  ])('is %s', (_what, text, detail) => {
    const { state, sandboxes, used } = open();
    const refused = (() => {
      try {
        state.load(text);
      } catch (error) {
        return error as Error & { detail: string };
      }
      return undefined;
    })();
    expect(refused).toMatchObject({ name: 'Problem', detail: expect.stringMatching(detail) });
    expect(refused!.message).not.toContain('verysecret');
    // It begins with nothing.
    expect(sandboxes.list()).toEqual([]);
    expect(used('limit')).toEqual([]);
    expect(sandboxes.main.clock.now()).toBe(START);
  });
});
