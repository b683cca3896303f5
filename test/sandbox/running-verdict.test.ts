/** Requests that are judged before they leave the journal. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import { Clock } from '../../src/runtime/clock.js';
import type { RunningVerdict } from '../../src/sandbox/verdict/judged-sandbox.js';
import { judgeContinuously } from '../../src/sandbox/verdict/running.js';
import type { JournalEntry } from '../../src/state/journal/entry.js';
import { Journal } from '../../src/state/journal/journal.js';
import { judge } from '../../src/verdict/judge.js';
import type { Report } from '../../src/verdict/report/report.js';
import { providerOf } from '../helpers/providers.js';
import { scaled } from '../properties/agree.js';
import { admitted, entryOf, type Given, refused, START } from '../verdict/entries.js';
import { closeWorlds, createProviderState, findings } from '../verdict/world.js';

afterEach(closeWorlds);

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const provider = providerOf('aiclicks');
const NOW = START + 3_600_000;

/** A journal of so many entries, and the verdict on what is written to it. */
function begin(capacity: number): { write: (entry: JournalEntry) => void; journal: Journal; verdict: RunningVerdict } {
  const nothing = { facts: 0, numbers: 0, left: () => {}, unread: () => {}, readBy: () => {} };
  const read = () => {
    throw new Error('each row has its entry');
  };
  const journal = new Journal({ ...nothing, read }, capacity);
  const clock = new Clock({ frozen: true, now: NOW });
  const verdict = judgeContinuously({
    name: '',
    clock,
    journal,
    profiles: ['aiclicks'],
    provider: () => provider,
    waiting: () => [],
  });
  const write = (entry: JournalEntry) =>
    journal.write(0, ({ facts, fact }) => {
      facts[fact] = entry;
    });
  return { write, journal, verdict };
}

const entry = (number: number, given: Given) => entryOf(number, { profile: 'aiclicks', ...given });

/** A client that makes so many calls, one every two seconds, and now and then is refused and comes back too early. */
function run(length: number, isRefused: (n: number) => boolean): JournalEntry[] {
  return range(length).map((n) => {
    const given = { at: 2_000 * n, path: `/api/v1/domains/${n}` };
    return entry(n + 1, isRefused(n) ? refused(given, 2_000 * n + 3_000) : admitted(given));
  });
}

function atOnce(entries: readonly JournalEntry[]): Report {
  return judge(entries, [judgedBy(provider)], { now: NOW, ended: true, lost: 0 });
}

describe('a run that is longer than the journal', () => {
  it('has the same report as one that is judged at once, whatever the size of the journal', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 40 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 150, size: 'max' }),
        (capacity, picks) => {
          const entries = run(picks.length, (n) => picks[n] === 0);
          const { write, verdict } = begin(capacity);
          for (const one of entries) write(one);
          const report = verdict.report(true);
          found += report.profiles[0]?.findings.length ?? 0;
          expect(report).toEqual(atOnce(entries));
        },
      ),
      { numRuns: scaled(100), seed: 429 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it.each(range(12).map((n) => n + 1))('loses none of them from a journal of %i', (capacity) => {
    const { write, verdict } = begin(capacity);
    for (const n of range(100)) {
      write(entry(n + 1, admitted({ at: 2_000 * n })));
      expect(verdict.report(false).requests).toEqual({ judged: n + 1, lost: 0 });
    }
  });

  it('has its first request judged, which nothing follows but what is good', () => {
    const [first, second, ...rest] = run(60, (n) => n === 0);
    const { write, verdict } = begin(16);
    for (const one of [first!, second!, ...rest]) write(one);
    expect(findings(verdict.report(true))).toHaveProperty('retry-too-early');
  });

  describe('with a refusal at its beginning that is told to wait until after its end', () => {
    const late = NOW - START + 600_000;
    const first = entry(1, refused({ at: 0, path: '/api/v1/domains/late' }, late));
    const others = (from: number) =>
      range(60).map((n) => entry(from + n, admitted({ at: 2_000 * (from + n), path: `/api/v1/domains/${from + n}` })));
    const gaveUp = (entries: readonly JournalEntry[], ended = true) => {
      const { write, verdict } = begin(16);
      for (const one of entries) write(one);
      return findings(verdict.report(ended))['gave-up'];
    };

    it('has given up on it once it has ended', () => {
      const entries = [first, ...others(2)];
      const expected =
        'gave up on GET /api/v1/domains/late after 1 try, 10 min before it was to come back, on a credential that was not accepted';
      expect(gaveUp(entries)).toBe(expected);
      expect(gaveUp(entries, false)).toBeUndefined();
      expect(findings(atOnce(entries))['gave-up']).toBe(expected);
    });

    it('has not where it sends the request again, however much later', () => {
      const again = admitted({ at: 400_000, path: '/api/v1/domains/late' });
      expect(gaveUp([first, ...others(2), entry(62, again), ...others(63)])).toBeUndefined();
    });

    it('has not where it was told to wait for a short time, and sends the request again long after', () => {
      const early = entry(1, refused({ at: 0, path: '/api/v1/domains/late' }, 3_000));
      const again = admitted({ at: 400_000, path: '/api/v1/domains/late' });
      expect(gaveUp([early, ...others(2)])).toContain('after 1 try');
      expect(gaveUp([early, ...others(2)], false)).toContain('after 1 try');
      expect(gaveUp([early, ...others(2), entry(62, again), ...others(63)])).toBeUndefined();
    });

    it('has given up on the last try', () => {
      const again = refused({ at: 150_000, path: '/api/v1/domains/late' }, late);
      expect(gaveUp([first, ...others(2), entry(62, again), ...others(63)])).toContain('after 1 try, 10 min before');
    });
  });

  it('has given up on as many requests as one that is judged at once, however late others are sent again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 40 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 100 })), {
          maxLength: 150,
          size: 'max',
        }),
        (capacity, picks) => {
          const entries = picks.map(([pick, back], n) => {
            const at = 2_000 * n;
            const given = { at, path: `/api/v1/domains/${pick < 3 ? Math.max(0, n - back) : n}` };
            return entry(n + 1, pick % 3 === 0 ? refused(given, at + 3_000) : admitted(given));
          });
          const { write, verdict } = begin(capacity);
          for (const one of entries) write(one);
          const timesOf = ({ profiles: [own] }: Report) =>
            own?.findings.find(({ check }) => check === 'gave-up')?.times;
          expect(timesOf(verdict.report(true))).toBe(timesOf(atOnce(entries)));
        },
      ),
      { numRuns: 50, seed: 429 },
    );
  });

  it('has given up on more requests than are followed', () => {
    const { write, verdict } = begin(200);
    for (const n of range(1_500)) write(entry(n + 1, refused({ at: n, path: `/api/v1/domains/${n}` }, n + 1)));
    expect(findings(verdict.report(true))['gave-up']).toContain('and on 1499 other requests');
  });

  it('counts a request whose answer took long, and came when later ones had been judged', () => {
    const { write, verdict } = begin(16);
    const late = entry(2, { at: 1, left: 500_000, status: 503 });
    for (const n of range(40)) write(entry(n < 1 ? 1 : n + 2, admitted({ at: 2_000 * n })));
    write(late);
    for (const n of range(40)) write(entry(n + 42, admitted({ at: 600_000 + 2_000 * n })));
    const report = verdict.report(false);
    expect(report.requests).toEqual({ judged: 81, lost: 0 });
    expect(report.profiles[0]!.figures).toMatchObject({ requests: 81, succeeded: 80, failed: 1 });
  });

  it('has a report in steps on what there was at its beginning, whatever is written and judged meanwhile', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 0, max: 80 }),
        fc.array(fc.boolean(), { minLength: 81, maxLength: 160 }),
        (capacity, before, picks) => {
          const entries = run(picks.length, (n) => picks[n]!);
          const { write, verdict } = begin(capacity);
          for (const one of entries.slice(0, before)) write(one);
          const steps = verdict.reportSteps(true);
          // Finishes what is being judged, so that the report begins with the first step.
          verdict.report(false);
          let step = steps.next();
          for (const one of entries.slice(before)) {
            write(one);
            if (!step.done) step = steps.next();
          }
          while (!step.done) step = steps.next();
          expect(step.value).toEqual(atOnce(entries.slice(0, before)));
          expect(verdict.report(true)).toEqual(atOnce(entries));
        },
      ),
      { numRuns: scaled(20), seed: 429 },
    );
  });

  it('begins anew when the journal is emptied', () => {
    const { write, verdict, journal } = begin(8);
    for (const one of run(50, (n) => n % 2 === 0)) write(one);
    expect(verdict.report(true).verdict).toBe('fail');
    journal.clear();
    expect(verdict.report(true)).toEqual({ verdict: 'pass', requests: { judged: 0, lost: 0 }, profiles: [] });
    for (const n of range(30)) write(entry(n + 51, admitted({ at: 2_000 * n })));
    expect(verdict.report(true)).toMatchObject({ verdict: 'pass', requests: { judged: 30, lost: 0 } });
  });
});

describe('a journal that has lost requests unjudged', () => {
  it('is undecided and says so, and never passes', () => {
    const entries = run(30, () => false);
    const report = judge(entries.slice(10), [judgedBy(provider)], { now: NOW, ended: true, lost: 10 });
    expect(report).toMatchObject({ verdict: 'undecided', requests: { judged: 20, lost: 10 } });
    expect(report.profiles[0]!.undecided).toMatchObject([{ times: 10, says: expect.stringContaining('10 requests') }]);
  });

  it('is undecided where it keeps nothing at all', () => {
    const { write, verdict } = begin(0);
    for (const one of run(5, () => true)) write(one);
    expect(verdict.report(true)).toEqual({ verdict: 'undecided', requests: { judged: 0, lost: 5 }, profiles: [] });
  });

  it('fails nevertheless for what is left of it', () => {
    const entries = run(30, (n) => n === 20);
    const report = judge(entries.slice(10), [judgedBy(provider)], { now: NOW, ended: true, lost: 10 });
    expect(report).toMatchObject({ verdict: 'fail', requests: { lost: 10 } });
  });
});

describe('a mock with a small journal', () => {
  const client = async (judging: boolean) => {
    const providerState = await createProviderState('prediction', {
      journalSize: 50,
      judge: judging,
      set: ['policies.key-minute.quota=100000'],
    });
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'sk_live_bad' }, remaining: 0 });
    for (const _ of range(5)) await providerState.as('sk_live_bad')('/v1/account');
    for (const _ of range(200)) await providerState.as('sk_live_good')('/v1/account');
    return providerState.report();
  };

  it('finds an offence that has long left it, where its clients are judged', async () => {
    const report = await client(true);
    expect(report).toMatchObject({ verdict: 'fail', requests: { judged: 205, lost: 0 } });
    expect(findings(report)).toMatchObject({
      'retry-too-early': expect.stringMatching(/, 4 times$/),
      hammering: expect.stringContaining('refused 5 times in a row'),
    });
  });

  it('is undecided where they are not', async () => {
    expect(await client(false)).toMatchObject({ verdict: 'undecided', requests: { judged: 50, lost: 155 } });
  });
});
