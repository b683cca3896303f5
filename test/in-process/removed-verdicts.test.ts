/**
 * Judged sandboxes that are removed because nobody uses them: what was found in them is not lost.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMock, type Mock, type MockOptions } from '../../src/index.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { EvictedVerdicts } from '../../src/sandbox/verdict/evicted.js';
import type { Report } from '../../src/verdict/report/report.js';

const START = Date.parse('2026-05-12T08:00:00.000Z');
const KEY = { headers: { 'x-api-key': 'klinky_live_aaaabbbb' } };
const PATH = '/api/v1/public/links';

const open: Mock[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((mock) => mock.close()));
});

async function start(options: MockOptions = {}): Promise<Mock> {
  const mock = await createMock({
    profile: 'klinky',
    set: ['policies.account-hour.quota=1'],
    clock: { now: START },
    judge: true,
    ...options,
  });
  open.push(mock);
  return mock;
}

/** Comes back at once after a refusal, which fails a verdict. */
async function hasty(mock: Mock, name: string): Promise<void> {
  for (let i = 0; i < 3; i++) await mock.sandbox(name).fetch(PATH, KEY);
}

async function polite(mock: Mock, name: string): Promise<void> {
  await mock.sandbox(name).fetch(PATH, KEY);
}

const checksOf = ({ profiles }: Report) => profiles.flatMap(({ findings }) => findings.map(({ check }) => check));
const openOf = ({ profiles }: Report) => profiles.flatMap(({ undecided }) => undecided.map(({ says }) => says));

describe('a sandbox that had to make room', () => {
  test('has its findings in the report when its name is asked for it', async () => {
    const mock = await start({ maxSandboxes: 1 });
    await hasty(mock, 'a');
    const before = mock.sandbox('a').report({ ended: true });
    expect(before.verdict).toBe('fail');
    await polite(mock, 'b');
    expect(mock.sandboxes().map(({ name }) => name)).toEqual(['b']);
    const after = mock.sandbox('a').report({ ended: true });
    expect(after).toMatchObject({ verdict: 'fail', requests: { judged: 3, lost: 0 } });
    expect(checksOf(after)).toEqual(checksOf(before));
    expect(after.profiles.map(({ title }) => title)).toEqual(['Klinky public API, until the sandbox was removed']);
  });

  test('used again is never passed, since what its clients had been told is not known any more', async () => {
    const mock = await start({ maxSandboxes: 1 });
    for (const name of ['a', 'b', 'a']) await polite(mock, name);
    const report = mock.sandbox('a').report({ ended: true });
    expect(report).toMatchObject({ verdict: 'undecided', requests: { judged: 2, lost: 0 } });
    expect(openOf(report)).toEqual([expect.stringContaining('the sandbox was removed after 1 request,')]);
    // And again: it is said once for each time, and nothing is counted twice.
    for (const name of ['b', 'a']) await polite(mock, name);
    const third = mock.sandbox('a').report({ ended: true });
    expect(third.requests.judged).toBe(3);
    expect(third.profiles).toHaveLength(3);
    expect(third.verdict).toBe('undecided');
  });

  test.each(['bytes', 'time'])('is kept as well where %s decided it', async (what) => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const mock = await start(what === 'bytes' ? { maxSandboxBytes: 1 } : { sandboxIdle: '1m' });
    await hasty(mock, 'a');
    if (what === 'time') vi.setSystemTime(START + 60_000);
    await polite(mock, 'b');
    expect(mock.sandboxes().map(({ name }) => name)).toEqual(['b']);
    expect(mock.sandbox('a').report().verdict).toBe('fail');
  });
});

describe('what somebody takes away is forgotten', () => {
  test('a sandbox that is removed', async () => {
    const mock = await start({ maxSandboxes: 1 });
    await hasty(mock, 'a');
    mock.removeSandbox('a');
    expect(mock.sandbox('a').report({ ended: true }).verdict).toBe('pass');
    await hasty(mock, 'a');
    await polite(mock, 'b');
    expect(() => mock.removeSandbox('a')).toThrow('no sandbox "a"');
    expect(mock.sandbox('a').report({ ended: true }).verdict).toBe('pass');
  });

  test.each(['reset', 'clearRequests'] as const)('a sandbox after %s', async (forget) => {
    const mock = await start({ maxSandboxes: 1 });
    await hasty(mock, 'a');
    await polite(mock, 'b');
    mock.sandbox('a')[forget]();
    expect(mock.sandbox('a').report({ ended: true })).toMatchObject({ verdict: 'pass', requests: { judged: 0 } });
  });
});

test('of very many names those that passed are only counted first, and no verdict is lost', () => {
  const verdicts = new EvictedVerdicts(2);
  const add = (name: string, verdict: Report['verdict']) => {
    const report: Report = { verdict, requests: { judged: 1, lost: 0 }, profiles: [] };
    verdicts.store({ name, runningVerdict: { report: () => report } } as unknown as Sandbox);
  };
  add('a', 'fail');
  for (const name of ['b', 'c', 'd']) add(name, 'pass');
  const shown = () => verdicts.list().map(({ name, report }) => `${name} ${report.verdict} ${report.requests.judged}`);
  expect(shown()).toEqual(['a fail 1', 'd pass 1', ' pass 2']);
  for (const name of ['e', 'f']) add(name, 'undecided');
  expect(shown()).toEqual(['e undecided 1', 'f undecided 1', ' fail 4']);
});
