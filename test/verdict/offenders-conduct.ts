/**
 * Those that repeat what cannot succeed, retry against a server that is down, write all at once, lose work or do it twice, wait for ever, or waste a limit.
 */
import { vi } from 'vitest';
import type { Offender } from './offender.js';
import type { Ask, Client, ProviderState } from './world.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const LINKS = '/api/v1/public/links';
const DRAFT: Ask = {
  method: 'POST',
  body: { briefs: [{ title: 'One', targetPrompt: 'crowns', outlineAngle: 'a' }] },
};

function link(name: string): Ask {
  const variants = ['a', 'b'].map((label) => ({ label, destination_url: 'https://example.com', weight: 50 }));
  return { method: 'POST', body: { name, variants }, headers: { 'Idempotency-Key': name } };
}

/** Asks until it has succeeded or all waits are over. */
async function insist(
  providerState: ProviderState,
  ask: () => ReturnType<Client>,
  waits: readonly number[],
): Promise<void> {
  for (const wait of [...waits, undefined]) {
    const { status } = await ask();
    if ((status > 0 && status < 400) || wait === undefined) return;
    await providerState.sleep(wait);
  }
}

/** Time passes for timers and for the machine's clock, and the sandbox's clock goes with it. */
async function afterAWhile(providerState: ProviderState, ms: number, client: () => Promise<unknown>): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  try {
    await providerState.mock.clock.resume();
    const done = client();
    await vi.advanceTimersByTimeAsync(ms);
    await done;
  } finally {
    vi.useRealTimers();
  }
}

/** So many requests are refused together. Each is asked again after a wait of its own. */
async function catchUp(
  providerState: ProviderState,
  paths: readonly string[],
  send: Client,
  waits: (i: number) => number,
) {
  const refused = await Promise.all(paths.map((path) => send(path)));
  const { told } = refused[0]!;
  await providerState.together(
    ...paths.map((path, i) => async () => {
      await providerState.sleep(told + waits(i));
      await send(path);
    }),
  );
}

const ASSUMED = { evidence: { level: 'assumed' } };
/** None of the built-in providers asks for it; a profile may. */
const SERIAL = `advice.concurrent-writes=${JSON.stringify({ says: 'One write at a time', ...ASSUMED })}`;
const PAUSED = `advice.concurrent-writes=${JSON.stringify({ says: 'A deletion a second', methods: ['DELETE'], pause: '1s', ...ASSUMED })}`;

/** Offenders against the checks of futile retries, writes, lost work, timeouts and the use of a reset. */
export const conductOffenders: readonly Offender[] = [
  {
    check: 'futile-retry',
    does: 'retries a creation that the provider found fault with',
    profile: 'klinky',
    says: 'sent POST /api/v1/public/links 4 times within 7 s, each time answered 422, on key klinky…ile',
    times: 1,
    async run(providerState) {
      const wrong = { method: 'POST', body: { name: 'Without variants' } };
      await insist(providerState, () => providerState.as('klinky_live_futile')(LINKS, wrong), [1_000, 2_000, 4_000]);
    },
  },
  {
    check: 'futile-retry',
    does: 'goes through its list with a credential that has been revoked',
    profile: 'klinky',
    says: 'sent 8 requests within 1.4 s with a credential that each time was answered 401, on a credential that was not accepted',
    times: 1,
    async run(providerState) {
      for (const n of range(8)) {
        await providerState.as('klinky_live_revoked')(`${LINKS}/${n}`);
        await providerState.sleep(200);
      }
    },
  },
  {
    check: 'no-retry-budget',
    does: 'has each of twenty calls retry four times while all of them fail',
    profile: 'klinky',
    says: 'sent 80 retries in vain within 7.8 s, for 20 first tries, while 99 of 99 calls failed, on key klinky…et',
    times: 1,
    async run(providerState) {
      const send = providerState.as('klinky_live_fleet');
      providerState.mock.faults.add({ status: 503 });
      const caller = (n: number) => () =>
        insist(
          providerState,
          () => send(`${LINKS}/${n}`),
          [500, 1_000, 2_000, 4_000].map((ms) => ms + 10 * n),
        );
      await providerState.together(...range(20).map(caller));
    },
  },
  {
    check: 'no-retry-budget',
    does: 'goes through a list with three tries for each while no connection holds',
    profile: 'aiclicks',
    says: 'sent 22 retries in vain within 32 s, for 20 first tries, while 58 of 58 calls failed, on key ak_…st',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ drop: true });
      for (const n of range(20))
        await insist(
          providerState,
          () => providerState.as('ak_live_list')(`/api/v1/prompts?domain_id=d&page=${n}`),
          [1_000, 2_000],
        );
    },
  },
  {
    check: 'concurrent-writes',
    does: 'makes five links at the same time',
    profile: 'klinky',
    options: { set: [SERIAL] },
    says: 'sent POST /api/v1/public/links while 4 other writes were under way, on key klinky…ve, 4 times',
    times: 4,
    async run(providerState) {
      await Promise.all(range(5).map((n) => providerState.as('klinky_live_five')(LINKS, link(`Link ${n}`))));
    },
  },
  {
    check: 'concurrent-writes',
    does: 'deletes one after another without the pause that is asked for',
    profile: 'klinky',
    options: { set: [PAUSED] },
    says: 'sent DELETE /api/v1/public/links/1 200 ms after the last write, where 1 s is the least, on key klinky…se, 3 times',
    times: 3,
    async run(providerState) {
      for (const n of range(4)) {
        await providerState.as('klinky_live_pause')(`${LINKS}/${n}`, { method: 'DELETE' });
        await providerState.sleep(200);
      }
    },
  },
  {
    check: 'lost-or-doubled',
    does: 'makes again what had been made when the answer broke off',
    profile: 'full-domination',
    says: 'created the same item twice: POST /v1/content/draft had taken effect when its answer broke off, and was repeated, on token ad_…ce',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ truncateBody: 0.5, times: 1 });
      await insist(providerState, () => providerState.as('ad_live_twice')('/v1/content/draft', DRAFT), [1_000]);
    },
  },
  {
    check: 'lost-or-doubled',
    does: 'does so after two broken answers',
    profile: 'full-domination',
    says: 'created the same item twice: POST /v1/content/draft had taken effect when its answer broke off, and was repeated, on token ad_…ny, 2 times',
    times: 2,
    async run(providerState) {
      providerState.mock.faults.add({ truncateBody: 1, times: 2 });
      await insist(providerState, () => providerState.as('ad_live_many')('/v1/content/draft', DRAFT), [1_000, 2_000]);
    },
  },
  {
    check: 'no-timeout',
    does: 'waits for an answer however long it takes',
    profile: 'klinky',
    says: 'waited 1 min 30 s for the answer to GET /api/v1/public/links, on key klinky…er',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ delayMs: 90_000 });
      await afterAWhile(providerState, 90_000, () => providerState.as('klinky_live_ever')(LINKS));
    },
  },
  {
    check: 'no-timeout',
    does: 'waits until the connection is closed',
    profile: 'prediction',
    says: 'waited 5 min for the answer to GET /v1/account, on key sk_…op',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ delayMs: 300_000, drop: true });
      await afterAWhile(providerState, 300_000, () => providerState.as('sk_live_drop')('/v1/account'));
    },
  },
  {
    check: 'herd-at-reset',
    does: 'has all its workers wait for the very instant of the reset',
    profile: 'full-domination',
    options: { set: ['policies.token-minute.quota=6'] },
    says: '6 requests that had waited for the reset came at the instant of it, on token ad_…rd',
    times: 1,
    async run(providerState) {
      const send = providerState.as('ad_live_herd');
      const worker = (n: number) => async () => {
        await send(`/v1/audits/aud_0${n}`);
        await providerState.sleep(60_000);
        await send(`/v1/audits/aud_1${n}`);
      };
      await providerState.together(...range(6).map(worker));
    },
  },
  {
    check: 'herd-at-reset',
    does: 'is three programs of one account that begin again with the hour',
    profile: 'klinky',
    says: '3 requests that had waited for the reset came within 40 ms of it, on key klinky…gA, key klinky…gB and key klinky…gC',
    times: 1,
    async run(providerState) {
      providerState.mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 60 });
      const program = (name: string, n: number) => async () => {
        const send = providerState.as(`klinky_live_prog${name}`);
        const { headers } = await send(`${LINKS}/${name}`);
        await providerState.sleep(Number(headers.get('X-RateLimit-Reset')) * 1_000 + 20 * n - providerState.now());
        await send(`${LINKS}/${name}`);
      };
      await providerState.together(...['A', 'B', 'C'].map(program));
    },
  },
  {
    check: 'slow-completion',
    does: 'catches up on what was refused with one call a minute',
    profile: 'aiclicks',
    says: 'took 8 min to do what key-minute had held up, where 1 min would have been enough, on key ak_…ow',
    times: 1,
    async run(providerState) {
      providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_slow' }, remaining: 0 });
      const paths = range(8).map((n) => `/api/v1/prompts?domain_id=d&page=${n}`);
      await catchUp(providerState, paths, providerState.as('ak_live_slow'), (i) => 60_000 * i);
    },
  },
  {
    check: 'slow-completion',
    does: 'leaves half a minute between the calls that it catches up with',
    profile: 'prediction',
    says: 'took 3 min 30 s to do what key-minute had held up, where 1 min would have been enough, on key sk_…lf',
    times: 1,
    async run(providerState) {
      providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'sk_live_half' }, remaining: 0 });
      const paths = range(6).map((n) => `/v1/files/file_${n}`);
      await catchUp(providerState, paths, providerState.as('sk_live_half'), (i) => 30_000 * i);
    },
  },
];
