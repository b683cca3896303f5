/**
 * A client that honours everything: it slows down before nothing is left, waits as long as it is told and a random moment more, backs off from failures, makes
 * nothing twice, keeps what it has, and never has more under way than it should.
 * @module
 */
import type { Answer, Ask, Client, ProviderState } from './world.js';

/** What a client has to know of its provider, and what makes it differ from others. */
export interface Manners {
  /** What `X-RateLimit-Reset` is: an instant in seconds when left out, or in milliseconds, or the seconds left. */
  readonly reset?: 'seconds' | 'milliseconds' | 'countdown';
  /** Numbers from 0 to 1. */
  readonly random?: () => number;
  /** The most at once. */
  readonly most?: number;
}

/** A client of one key that keeps all rules. It sends a request again until the answer is neither a refusal nor a failure. */
export function politeClient(providerState: ProviderState, key: string, manners: Manners = {}): Client {
  const { reset = 'seconds', most = 5, random = randomFrom(7) } = manners;
  const send = providerState.as(key);
  const tags = new Map<string, { readonly tag: string; readonly answer: Answer }>();
  let underWay = 0;
  let left = Number.POSITIVE_INFINITY;
  let resetAt = 0;
  let closedUntil = 0;
  let keys = 0;

  async function turn(): Promise<void> {
    for (;;) {
      const now = providerState.now();
      if (now >= resetAt) left = Number.POSITIVE_INFINITY;
      if (now < closedUntil) await providerState.sleep(closedUntil - now + jitter());
      // What is under way may take the last of it.
      else if (left - underWay <= 0 && underWay === 0) await providerState.sleep(resetAt - now + jitter());
      else if (left - underWay <= 0 || underWay >= most) await providerState.sleep(20 + 30 * random());
      else return;
    }
  }

  /** Late by more than anybody else's timers are, and each by something else. */
  function jitter(): number {
    return 60 + 440 * random();
  }

  function learn({ status, headers, told }: Answer): void {
    const remaining = headers.get('X-RateLimit-Remaining');
    const number = Number(headers.get('X-RateLimit-Reset')) * (reset === 'milliseconds' ? 1 : 1_000);
    if (status === 429) closedUntil = Math.max(closedUntil, providerState.now() + told);
    else if (remaining !== null) {
      const at = reset === 'countdown' ? providerState.now() + number : number;
      left = at === resetAt ? Math.min(left, Number(remaining)) : Number(remaining);
      resetAt = at;
    }
  }

  return async (path: string, ask: Ask = {}): Promise<Answer> => {
    const { method = 'GET' } = ask;
    keys += 1;
    const own = { ...(method === 'POST' && { 'Idempotency-Key': `${key}-${keys}` }), ...ask.headers };
    for (let failures = 0; ; ) {
      await turn();
      underWay += 1;
      // What others have read meanwhile is known by now.
      const known = method === 'GET' ? tags.get(path) : undefined;
      const answer = await send(path, { ...ask, headers: { ...own, ...(known && { 'If-None-Match': known.tag }) } });
      underWay -= 1;
      learn(answer);
      const { status } = answer;
      const tag = answer.headers.get('ETag');
      if (status === 304) return known!.answer;
      if (tag !== null && status === 200) tags.set(path, { tag, answer });
      if (status === 0 || status >= 500) {
        failures += 1;
        await providerState.sleep(Math.max(answer.told, 1_000 * 2 ** (failures - 1)) * (1 + 0.1 * random()));
      } else if (status !== 429) return answer;
    }
  };
}

/** The same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
