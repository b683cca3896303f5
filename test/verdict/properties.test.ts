/** What holds of verdicts whatever clients do: who waits as told is never found fault with, who does not always is, and judging looks at everything a few times only. */

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import type { JournalEntry } from '../../src/state/journal/entry.js';
import { checkNames } from '../../src/verdict/checks/index.js';
import { judge } from '../../src/verdict/judge.js';
import { profilesAndVariants, providerOf } from '../helpers/providers.js';
import { runs, scaled } from '../properties/agree.js';
import { politeClient, randomFrom } from './polite.js';
import { closeWorlds, createProviderState, findings, START } from './world.js';

afterAll(closeWorlds);

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A call that costs a request of the tightest limit, of many different ones; how a key looks; the policy that is made small. */
const PROVIDERS: Record<
  string,
  { path: (n: number) => string; key: string; policies: readonly string[]; reset?: 'countdown' }
> = {
  aiclicks: { path: (n) => `/api/v1/domains?n=${n}`, key: 'ak_live_', policies: ['key-minute'] },
  klinky: { path: (n) => `/api/v1/public/links/${n}`, key: 'klinky_live_', policies: ['account-hour'] },
  'full-domination': {
    path: (n) => `/v1/audits/${n}`,
    key: 'ad_live_',
    policies: ['token-minute', 'workspace-minute'],
    reset: 'countdown',
  },
  prediction: { path: (n) => `/v1/files/${n}`, key: 'sk_live_', policies: ['key-minute'] },
  acrely: { path: (n) => `/api/v1/leads?campaignId=c${n}`, key: 'sk_live_', policies: ['key-hour', 'key-minute'] },
};

describe.each(profilesAndVariants())('$name', ({ id, variants }) => {
  const { path, key, policies, reset = 'seconds' } = PROVIDERS[id]!;
  const stamp = ({ 'reset-epoch': 'seconds', 'reset-milliseconds': 'milliseconds' } as const)[variants[0]!] ?? reset;
  const isThere = providerOf(id, { variants }).policy;
  const small = policies.filter((policy) => isThere.has(policy));

  it('finds no fault with a client that waits as it is told, however many at once, whatever others do', async () => {
    const providerState = await createProviderState(id, {
      variant: variants,
      set: small.map((policy) => `policies.${policy}.quota=7`),
      maxSandboxes: 1_000,
    });
    const reports = new Set<string>();
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          workers: fc.integer({ min: 1, max: 4 }),
          calls: fc.integer({ min: 3, max: 6 }),
          others: fc.integer({ min: 0, max: 3 }),
          failures: fc.option(fc.double({ min: 0.05, max: 0.5, noNaN: true }), { nil: undefined }),
          start: fc.integer({ min: 0, max: 3_600_000 }),
        }),
        async ({ seed, workers, calls, others, failures, start }) => {
          providerState.mock.reset({ clock: true, accounts: true });
          await providerState.mock.clock.set({ now: START + start });
          if (failures !== undefined)
            providerState.mock.faults.add({ status: 503, match: { probability: failures, seed } });
          const random = randomFrom(seed);
          const ask = politeClient(providerState, `${key}polite`, { random, most: workers, reset: stamp });
          const mine = (worker: number) => async () => {
            for (const n of range(calls)) await ask(path(worker * 100 + n));
          };
          // They know no manners, and are others: what they are told is nothing to the polite one.
          const theirs = (other: number) => async () => {
            for (const n of range(12)) {
              await providerState.as(`${key}other${other}`)(path(n));
              await providerState.sleep(5_000 * random());
            }
          };
          await providerState.together(...range(workers).map(mine), ...range(others).map(theirs));
          const [profile] = providerState.report().profiles;
          refused += providerState.mock.requests({ status: 429 }).length;
          const accused = profile!.findings.filter(({ caller }) => caller.includes('lite'));
          for (const { check, says } of accused) reports.add(`${check}: ${says}`);
          expect(accused.map(({ says }) => says)).toEqual([]);
        },
      ),
      runs(4),
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('finds whoever comes back in less than the time that it was told, as often as it does', async () => {
    const providerState = await createProviderState(id, {
      variant: variants,
      set: small.map((policy) => `policies.${policy}.quota=3`),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 6 }),
        async (shares) => {
          providerState.mock.reset({ clock: true, accounts: true });
          const send = providerState.as(`${key}early`);
          let told = 0;
          for (const n of range(20)) {
            ({ told } = await send(path(n)));
            if (told > 0) break;
          }
          expect(told).toBeGreaterThanOrEqual(1_000);
          let early = 0;
          for (const share of shares) {
            // Whole seconds are rounded up: what was true may be almost a second less.
            await providerState.mock.clock.advance(Math.floor(share * Math.max(0, told - 1_000)));
            const answer = await send(path(0));
            early += 1;
            if (answer.told === 0) break;
            told = answer.told;
          }
          const found = providerState.report({}).profiles[0]!.findings.find(({ check }) => check === 'retry-too-early');
          expect(found?.times).toBe(early);
          expect(found?.entries).toHaveLength(early + 1);
        },
      ),
      runs(4),
    );
  });
});

describe('judging', () => {
  const judged = [
    judgedBy(providerOf('full-domination')),
    judgedBy(providerOf('klinky')),
    judgedBy(providerOf('prediction')),
  ];
  const MOMENT = { now: START, ended: true, lost: 0 };

  /** Clients of three providers that know no manners. */
  async function makeJournal(): Promise<JournalEntry[]> {
    const all: JournalEntry[] = [];
    for (const id of ['klinky', 'prediction', 'full-domination']) {
      const { key, path } = PROVIDERS[id]!;
      const providerState = await createProviderState(id, { set: [`policies.${PROVIDERS[id]!.policies[0]}.quota=6`] });
      providerState.mock.faults.add({ status: 503, match: { everyNth: 4 } });
      const client = (name: number) => async () => {
        const random = randomFrom(name);
        for (const n of range(30)) {
          await providerState.as(`${key}${name}`)(path(n % 7));
          await providerState.sleep(random() < 0.5 ? 0 : 20_000 * random());
        }
      };
      await providerState.together(...range(4).map(client));
      all.push(...providerState.mock.requests());
    }
    return all;
  }
  let made: Promise<JournalEntry[]> | undefined;
  const journal = () => (made ??= makeJournal());

  it('does not go by the order of the entries', async () => {
    const entries = await journal();
    const report = judge(entries, judged, MOMENT);
    expect(Object.keys(findings(report)).length).toBeGreaterThan(3);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        const again = judge(shuffled, judged, MOMENT);
        const byCaller = (one: typeof report) =>
          one.profiles.map(({ figures, findings: all, profile }) => ({
            profile,
            figures,
            all: all.map(({ check, caller, says, entries: ids }) => [check, caller, says, ids].join(' ')).sort(),
          }));
        expect(byCaller(again)).toEqual(byCaller(report));
      }),
      runs(5),
    );
  });

  it('names entries that are there, and the same verdict in figures and checks', async () => {
    const entries = await journal();
    for (const { findings: all, checks, profile, verdict } of judge(entries, judged, MOMENT).profiles) {
      const ids = new Set(entries.filter((entry) => entry.profile === profile).map((entry) => entry.id));
      for (const one of all) {
        expect(one.entries.length).toBeGreaterThan(0);
        expect(one.entries.filter((entry) => !ids.has(entry))).toEqual([]);
        expect(one.says).not.toMatch(/undefined|NaN|Infinity|\[object|\.$/);
      }
      const failed = checks.filter((check) => check.verdict === 'fail').length > 0;
      expect(verdict).toBe(failed ? 'fail' : checks.some((check) => check.verdict === 'warn') ? 'warn' : 'pass');
    }
  });
});

/** Counts how often the fields of entries are looked at; nothing is timed. */
describe('judging a journal of many alike', () => {
  /** Far more than the reads that each may take: what compares all with all reads each as often as there are entries. */
  const N = Math.min(2_500, scaled(5_000));
  const provider = providerOf('prediction');

  function sample(): { refused: JournalEntry; failed: JournalEntry } {
    const sandbox = new Sandbox('', {
      providers: [providerOf('prediction', { set: [{ path: 'policies.key-minute.quota', value: 1 }] })],
      plans: {},
      clock: { frozen: true, now: START },
      log: () => {},
      deliver: async () => ({ status: 200 }),
    });
    const send = (prefer?: string) => {
      const headers: Record<string, string | undefined> = { authorization: 'Bearer sk_live_a', prefer };
      const body = ReceivedBody.of('');
      const call = {
        method: 'GET',
        path: '/v1/account',
        rawQuery: '',
        header: (name: string) => headers[name.toLowerCase()],
        ip: '127.0.0.1',
        body,
      };
      sandbox.handle('prediction', call, { onDone: (left) => left() });
    };
    send('code=503');
    send();
    const [failed, refused] = sandbox.journal.entries() as [JournalEntry, JournalEntry];
    expect([failed.status, refused.status]).toEqual([503, 429]);
    return { failed, refused };
  }

  /**
   * @param gapMs between an answer and the next request; below 0: sent before it was known
   * @param connections how many connections a client that is never seen asleep sends them over; 0: in-process
   */
  function many(of: JournalEntry, gapMs: number, connections: number, count: () => void): JournalEntry[] {
    return range(N).map((n) => {
      const at = START + n;
      const connection = n % connections;
      const real = {
        ...(gapMs < 0 ? { beganAt: n / N, leftAt: N + n } : { beganAt: 2 * n, leftAt: 2 * n + 1 }),
        ...(connections > 0 && {
          readAt: null,
          // Answered after the next one has arrived: the client does more than one thing at a time.
          leftAt: 2 * n + 3,
          peer: { connection, openedAt: 2 * connection, userAgent: undefined, opener: undefined },
        }),
      };
      return new Proxy(
        { ...of, ...real, id: String(n + 1), at, sentAt: at },
        {
          get(target, name) {
            count();
            return target[name as keyof JournalEntry];
          },
        },
      );
    });
  }

  it.each([
    ['refused one after another', 'refused', 1, 0],
    ['refused at once', 'refused', -1, 0],
    ['refused over a few connections', 'refused', 1, 16],
    ['refused over as many connections', 'refused', 1, N],
    ['failed one after another', 'failed', 1, 0],
    ['failed at once', 'failed', -1, 0],
    ['failed over a few connections', 'failed', 1, 16],
    ['failed over as many connections', 'failed', 1, N],
  ] as const)('%s looks at each a few times, and sees through them', (_name, kind, gap, connections) => {
    let reads = 0;
    const entries = many(sample()[kind], gap, connections, () => {
      reads += 1;
    });
    // Every check there is, with whatever it takes.
    const advice = [...checkNames].map((check) => ({
      check,
      severity: 'error' as const,
      options: {
        refusals: 3,
        pause: 1_000,
        least: 50,
        waits: 3,
        requests: 3,
        within: 60_000,
        policy: 'key-minute',
        most: 5,
        operations: ['getAccount'],
        every: 1_000,
        bulk: 'x',
        atLeast: 5,
        slack: 60_000,
        size: 's',
        page: 'p',
        usual: 5,
        repeats: 2,
        failures: 10,
        budget: 0.5,
        methods: ['GET'],
        after: 60_000,
        times: 2,
      },
      reported: { says: '', level: 'assumed' as const, source: null },
    }));
    const report = judge(entries, [{ ...judgedBy(provider), advice }], { now: START, ended: true, lost: 0 });
    // What is sent at once and fails is nobody's fault, but for sending at once: polls and writes that overlap.
    const isInnocent = kind === 'failed' && gap < 0;
    const ofSending = ['polling-too-fast', 'concurrent-writes'];
    const found = report.profiles[0]!.findings.filter(({ check }) => !ofSending.includes(check));
    expect(found.length > 0).toBe(!isInnocent);
    expect(reads / N).toBeLessThan(600);
  });
});
