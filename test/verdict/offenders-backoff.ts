/**
 * Those that come back too soon, too late, all together, or not at all.
 * @module
 */
import type { Offender } from './offender.js';
import type { Answer, ProviderState } from './world.js';

const LINKS = '/api/v1/public/links';
const LINK = {
  method: 'POST',
  body: {
    name: 'One',
    variants: ['a', 'b'].map((label) => ({ label, destination_url: 'https://example.com', weight: 50 })),
  },
};

/** Refusals tell neither how long to wait nor when the window resets. */
const UNTOLD = { retryAfter: 'missing', headers: { 'X-RateLimit-Reset': 'soon' }, onRefusals: true } as const;

/** The hour's calls are used up, by somebody of whom the client knows nothing. */
function useUp(providerState: ProviderState): void {
  providerState.mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
}

function useUpKey(providerState: ProviderState, key: string): void {
  providerState.mock.setQuota({ policy: 'key-minute', partition: { key }, remaining: 0 });
}

/** Tries until it gets an answer; the waits between tries are given, the last of them again and again. */
async function insist(
  providerState: ProviderState,
  ask: () => Promise<Answer>,
  waits: readonly number[],
): Promise<void> {
  for (let i = 0; ; i++) {
    const { status } = await ask();
    if (status > 0 && status < 500 && status !== 429) return;
    await providerState.sleep(waits[Math.min(i, waits.length - 1)]!);
  }
}

/** Offenders against the checks of waits, retries and coordination. */
export const backoffOffenders: readonly Offender[] = [
  {
    check: 'uncoordinated',
    does: 'lets each call wait as it was told, and the others go on meanwhile',
    profile: 'klinky',
    says: 'sent another call 5 min after one was refused, while that one waited as it was told, on key klinky…ne; a gate shared by all calls would have saved 2 refusals',
    times: 2,
    async run(providerState) {
      const send = providerState.as('klinky_live_none');
      useUp(providerState);
      const call = (n: number) => async () => {
        await providerState.sleep(n * 300_000);
        const { told } = await send(`${LINKS}/${n}`);
        await providerState.sleep(told + n * 400);
        await send(`${LINKS}/${n}`);
      };
      await providerState.together(call(0), call(1), call(2));
    },
  },
  {
    check: 'never-admissible',
    does: 'asks for more at once than the quota allows',
    profile: 'prediction',
    options: { set: ['policies.key-running.quota=2'] },
    says: 'POST /v1/predictions/batch costs 3, and key-running allows 2: it can never be admitted, on key sk_…ch',
    times: 1,
    async run(providerState) {
      const predictions = [1, 2, 3].map((n) => ({ owner: 'google', model: 'nano-banana', input: { prompt: `${n}` } }));
      await providerState.as('sk_live_much')('/v1/predictions/batch', { method: 'POST', body: { predictions } });
    },
  },
  {
    check: 'shared-key',
    does: 'is two programs with one key',
    profile: 'prediction',
    options: { set: ['policies.key-minute.quota=3'] },
    says: '2 programs spent from key-minute with one credential, and one was refused; none can know what the others spend, on key sk_…ir',
    times: 1,
    async run(providerState) {
      const program = (name: string, n: number) => async () => {
        const headers = { 'X-Mock429-Client': name };
        await providerState.sleep(n * 100);
        await providerState.as('sk_live_pair')(`/v1/files/${name}.1`, { headers });
        await providerState.sleep(1_000);
        const { told } = await providerState.as('sk_live_pair')(`/v1/files/${name}.2`, { headers });
        await providerState.sleep(told);
        if (told > 0) await providerState.as('sk_live_pair')(`/v1/files/${name}.2`, { headers });
      };
      await providerState.together(program('first', 0), program('second', 1));
    },
  },
  {
    check: 'retry-too-early',
    does: 'waits for the smaller of Retry-After and 2^n seconds, as the page of the prediction API shows it',
    profile: 'prediction',
    says: 'came back 1 s after being told to wait 1 min, on key sk_…ly, 5 times',
    times: 5,
    async run(providerState) {
      const send = providerState.as('sk_live_early');
      useUpKey(providerState, 'sk_live_early');
      for (let retries = 0; ; retries++) {
        const { status, told } = await send('/v1/account');
        if (status !== 429) return;
        await providerState.sleep(Math.min(told, 2 ** retries * 1_000));
      }
    },
  },
  {
    check: 'retry-too-early',
    does: 'goes on with something else while it should wait',
    profile: 'klinky',
    says: 'sent another request 10 min after being told to wait 1 h, on key klinky…se',
    times: 1,
    async run(providerState) {
      const send = providerState.as('klinky_live_else');
      useUp(providerState);
      await send(LINKS);
      await providerState.sleep(600_000);
      await send(`${LINKS}/one`);
      await providerState.sleep(3_000_000);
      await send(`${LINKS}/one`);
      // Another key of the account asks what the first had dropped: nobody gave up.
      await providerState.as('klinky_live_other')(LINKS);
    },
  },
  {
    check: 'retry-too-early',
    does: 'comes back before the Retry-After of a 503',
    profile: 'acrely',
    says: 'came back 2 s after being told to wait 2 min, on key sk_…03',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ status: 503, headers: { 'Retry-After': '120' }, times: 1 });
      await insist(providerState, () => providerState.as('sk_live_a503')('/api/v1/leads?campaignId=c1'), [2_000]);
    },
  },
  {
    check: 'ignored-remaining',
    does: 'waits for the 429, although it was told that nothing is left',
    profile: 'aiclicks',
    says: 'sent on with 0 left, 1 min before the reset, and was refused, on key ak_…ll, 2 times',
    times: 2,
    async run(providerState) {
      const send = providerState.as('ak_live_wall');
      for (let n = 0; n < 130; n++) {
        const { status, told } = await send(`/api/v1/prompts?domain_id=d&page=${n}`);
        if (status === 429) {
          await providerState.sleep(told);
          n -= 1;
        }
      }
    },
  },
  {
    check: 'hammering',
    does: 'asks again at once when a refusal does not tell how long to wait',
    profile: 'klinky',
    says: 'was refused 20 times in a row within 3.8 s, on key klinky…mer',
    times: 1,
    async run(providerState) {
      const send = providerState.as('klinky_live_hammer');
      useUp(providerState);
      providerState.mock.faults.add(UNTOLD);
      for (let n = 0; n < 20; n++) {
        await send(LINKS);
        await providerState.sleep(200);
      }
      await providerState.sleep(3_600_000);
      await send(LINKS);
    },
  },
  {
    check: 'hammering',
    does: 'does so with ten requests at a time',
    profile: 'acrely',
    options: { set: ['policies.key-hour.quota=3'] },
    says: 'was refused 4 times in a row within 900 ms, on key sk_…de',
    times: 1,
    async run(providerState) {
      const send = providerState.as('sk_live_wide');
      providerState.mock.faults.add(UNTOLD);
      const all = () => Promise.all(Array.from({ length: 10 }, (_, n) => send(`/api/v1/leads?campaignId=c${n}`)));
      for (let n = 0; n < 4; n++) {
        await all();
        await providerState.sleep(300);
      }
      await providerState.sleep(7_200_000);
      for (let n = 0; n < 10; n++) {
        await send(`/api/v1/leads?campaignId=c${n}`);
        await providerState.sleep(1_200_000);
      }
    },
  },
  {
    check: 'no-backoff',
    does: 'tries failures again at once',
    profile: 'aiclicks',
    says: 'retried GET /api/v1/domains 0 ms after a failure, on key ak_…ce, 4 times',
    times: 4,
    async run(providerState) {
      providerState.mock.faults.add({ status: 500, times: 3 });
      await insist(providerState, () => providerState.as('ak_live_once')('/api/v1/domains'), [0]);
      providerState.mock.faults.add({ drop: true, times: 1 });
      await insist(providerState, () => providerState.as('ak_live_once')('/api/v1/validate'), [0]);
    },
  },
  {
    check: 'no-backoff',
    does: 'tries failures again at once, and is held up at one of them',
    profile: 'aiclicks',
    says: 'retried GET /api/v1/domains 0 ms after a failure, on key ak_…ld, 5 times',
    times: 5,
    async run(providerState) {
      for (const [path, wait] of [
        ['/api/v1/domains', 0],
        ['/api/v1/validate', 60],
        ['/api/v1/domains?page=2', 0],
        ['/api/v1/domains?page=3', 0],
        ['/api/v1/domains?page=4', 0],
        ['/api/v1/domains?page=5', 0],
      ] as const) {
        providerState.mock.faults.add({ status: 500, times: 1 });
        await insist(providerState, () => providerState.as('ak_live_held')(path), [wait]);
      }
    },
  },
  {
    check: 'no-backoff',
    does: 'tries failures again every two seconds',
    profile: 'prediction',
    says: 'retried GET /v1/account 5 times, each time about 2 s after a failure, on key sk_…ed, 2 times',
    times: 2,
    async run(providerState) {
      const send = providerState.as('sk_live_fixed');
      providerState.mock.faults.add({ status: 503, times: 5 });
      await insist(providerState, () => send('/v1/account'), [2_000]);
      providerState.mock.faults.add({ status: 503, times: 3 });
      await insist(providerState, () => send('/v1/account/balance'), [2_000]);
    },
  },
  {
    check: 'no-jitter',
    does: 'lets all its workers come back at the very moment that they were told',
    profile: 'full-domination',
    options: { set: ['policies.token-minute.quota=5'] },
    says: '4 refused requests came back at the same moment, on token ad_…rd',
    times: 1,
    async run(providerState) {
      const send = providerState.as('ad_live_herd');
      const worker = (n: number) => async () => {
        const { told } = await send(`/v1/audits/aud_0${n}`);
        await providerState.sleep(told);
        if (told > 0) await send(`/v1/audits/aud_0${n}`);
      };
      await providerState.together(...Array.from({ length: 9 }, (_, n) => worker(n)));
    },
  },
  {
    check: 'no-jitter',
    does: 'is three programs of one account that all go by the reset',
    profile: 'klinky',
    says: '3 refused requests came back at the same moment, on key klinky…dA, key klinky…dB and key klinky…dC',
    times: 1,
    async run(providerState) {
      useUp(providerState);
      const program = (name: string) => async () => {
        const send = providerState.as(`klinky_live_head${name}`);
        const { headers } = await send(LINKS);
        await providerState.sleep(Number(headers.get('X-RateLimit-Reset')) * 1_000 - providerState.now());
        await send(LINKS);
      };
      await providerState.together(program('A'), program('B'), program('C'));
    },
  },
  {
    check: 'conflated-backoff',
    does: 'takes a refusal for the next of its failures',
    profile: 'aiclicks',
    says: 'told to wait 3 s, it waited 8 s, about twice the 4 s that it had waited after a failure, on key ak_…onw',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ status: 503, times: 3 });
      providerState.mock.faults.add({ status: 429, headers: { 'Retry-After': '3' }, times: 1 });
      await insist(
        providerState,
        () => providerState.as('ak_live_exponw')('/api/v1/domains'),
        [1_000, 2_000, 4_000, 8_000],
      );
    },
  },
  {
    check: 'conflated-backoff',
    does: 'waits after a failure as a refusal had told it',
    profile: 'aiclicks',
    says: 'after a failure, it waited 23 s, the wait that an earlier refusal had stated, on key ak_…ed',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ status: 429, headers: { 'Retry-After': '23' }, times: 1 });
      providerState.mock.faults.add({ status: 503, times: 1 });
      await insist(providerState, () => providerState.as('ak_live_fixed')('/api/v1/domains'), [23_000]);
    },
  },
  {
    check: 'unsafe-retry',
    does: 'repeats a creation without an idempotency key',
    profile: 'klinky',
    says: 'repeated POST /api/v1/public/links after a 503 without an idempotency key, on key klinky…afe, 2 times',
    times: 2,
    async run(providerState) {
      providerState.mock.faults.add({ status: 503, times: 2 });
      await insist(providerState, () => providerState.as('klinky_live_unsafe')(LINKS, LINK), [1_000, 2_000]);
    },
  },
  {
    check: 'unsafe-retry',
    does: 'repeats a creation with another idempotency key, after no answer, with a refusal in between',
    profile: 'prediction',
    says: 'repeated POST /v1/google/nano-banana/predictions after no answer with another idempotency key, on key sk_…her',
    times: 1,
    async run(providerState) {
      providerState.mock.faults.add({ drop: true, times: 1 });
      providerState.mock.faults.add({ status: 429, headers: { 'Retry-After': '7' }, times: 1 });
      let tries = 0;
      const create = () =>
        providerState.as('sk_live_another')('/v1/google/nano-banana/predictions', {
          method: 'POST',
          body: { input: { prompt: 'A banana' } },
          headers: { 'Idempotency-Key': `try-${++tries}` },
        });
      await insist(providerState, create, [1_000, 7_000]);
    },
  },
  {
    check: 'waited-too-long',
    does: 'waits for an hour whatever it is told',
    profile: 'prediction',
    says: 'told to wait 1 min, it stayed away for 1 h, on key sk_…ow',
    times: 1,
    async run(providerState) {
      useUpKey(providerState, 'sk_live_slow');
      await insist(providerState, () => providerState.as('sk_live_slow')('/v1/account'), [3_600_000]);
    },
  },
  {
    check: 'gave-up',
    does: 'drops what is refused',
    profile: 'aiclicks',
    says: 'gave up on GET /api/v1/domains after 1 try, on key ak_…it, and on 1 other request',
    times: 2,
    async run(providerState) {
      const send = providerState.as('ak_live_quit');
      useUpKey(providerState, 'ak_live_quit');
      await Promise.all([send('/api/v1/domains'), send('/api/v1/validate')]);
      await providerState.sleep(60_000);
      await send('/api/v1/prompts?domain_id=d');
    },
  },
];
