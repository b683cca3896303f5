/**
 * What every profile promises, with each of its variants, derived from the profile itself: no provider is named here, so a new profile is held to it by being there.
 */
import { describe, expect, it } from 'vitest';
import { holderOf, type Policy } from '../../src/limits/policy.js';
import { nominalLength } from '../../src/limits/windows.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import { profilesAndVariants, providerOf } from '../helpers/providers.js';
import { scaled } from '../properties/agree.js';
import type { Client, Got } from './client.js';
import { expectBody, isFree, nextAdmission, written } from './expectations.js';
import { ALL, clientOf, exhaust, type Reach, reach } from './reach.js';

const cases = profilesAndVariants().flatMap(({ id, variants, name }) => {
  const provider = providerOf(id, { variants });
  return provider.policies.map((policy) => ({
    provider,
    policy,
    name: `${name}: ${policy.id}`,
    found: reach(provider, policy),
  }));
});

function headersOf(provider: Provider, policy: Policy, value: string) {
  return Object.entries(provider.profile.headers)
    .flatMap(([name, rules]) => [rules].flat().map((rule) => [name, rule] as const))
    .filter(([, rule]) => rule.value === value && [rule.policy ?? []].flat().includes(policy.id))
    .map(([name, rule]) => ({ name: name.toLowerCase(), format: rule.format ?? 'epoch-seconds' }));
}

function retryAfterHeader({ profile }: Provider): string | undefined {
  return Object.entries(profile.headers)
    .find(([, rules]) => [rules].flat().some(({ value }) => value === 'retry-after'))?.[0]
    .toLowerCase();
}

/** A client that has taken all there is, and the refusal of one more request. */
function refused(found: Reach): { client: Client; refusal: Got } {
  const client = clientOf(found);
  exhaust(client, found);
  return { client, refusal: client.send() };
}

/** Whether a request at that instant is admitted by a client who has been refused once and then waited. */
function admittedAt(found: Reach, at: number): boolean {
  const { client } = refused(found);
  client.set(at);
  return client.send().entry.admitted;
}

describe.each(cases)('$name', ({ provider, policy, found: reached }) => {
  const spec = provider.profile.policies[policy.id]!;
  const holdsRequests = holderOf(policy) === 'request';

  it('is met by some request', () => {
    expect(reached).toBeDefined();
  });
  if (!reached) return;
  const found = reached;

  it('admits the quota and no more, and refuses as documented', () => {
    const client = clientOf(found);
    const { last, admitted } = exhaust(client, found, ALL);
    expect(admitted.every(({ entry }) => entry.admitted)).toBe(true);
    for (const { name } of headersOf(provider, policy, 'remaining')) expect(last.headers.get(name)).toBe('0');
    const refusal = client.send();
    expect(refusal.entry.admitted).toBe(false);
    expect([spec.refusal.error].flat().map((one) => (typeof one === 'string' ? one : one.error))).toContain(
      refusal.entry.error,
    );
    const error = provider.profile.errors[refusal.entry.error!]!;
    expect(refusal.status).toBe(error.status);
    for (const { name } of headersOf(provider, policy, 'remaining')) expect(refusal.headers.get(name)).toBe('0');
    for (const { name } of headersOf(provider, policy, 'limit'))
      expect(refusal.headers.get(name)).toBe(String(found.limit));
    const seconds = refusal.entry.retryAfter;
    const reset = client.bucket(policy.id)?.resetAt;
    const values = {
      'refusal.limit': found.limit,
      'refusal.remaining': 0,
      'refusal.policy': policy.id,
      'refusal.used': client.bucket(policy.id)?.used,
      ...(reset ? { 'refusal.resetAt': Date.parse(reset) } : {}),
      retryAfter: seconds,
    };
    expectBody(refusal.body, error.body, values, client.now);
    const told = retryAfterHeader(provider);
    if (error.status === 429) {
      expect(seconds).toBeGreaterThanOrEqual(1);
      if (told !== undefined) expect(refusal.headers.get(told)).toBe(String(seconds));
    }
  });

  it('tells the truth about when to come back', () => {
    const { client, refusal } = refused(found);
    const { retryAfter: rule } = spec.refusal;
    // What is refused by another status than 429 may tell no time; the journal knows it all the same.
    const { retryAt } = refusal.entry.decisions.find((one) => one.policy === policy.id)!;
    const seconds = refusal.entry.retryAfter ?? Math.max(1, Math.ceil((retryAt! - client.now) / 1_000));
    if (typeof rule === 'number') expect(seconds).toBe(rule);
    if (holdsRequests) {
      // It is for a response to leave; then there is room at once.
      const full = clientOf(found);
      const { last } = exhaust(full, found);
      expect(full.send().entry.admitted).toBe(false);
      last.leave();
      expect(full.send().entry.admitted).toBe(true);
      return;
    }
    const { now } = client;
    const bucket = client.bucket(policy.id)!;
    if (rule === 'reset') expect(seconds).toBe(Math.max(1, Math.ceil((Date.parse(bucket.resetAt!) - now) / 1_000)));
    let at = nextAdmission(client, found, bucket.used);
    if (at === undefined) {
      // Within the last of the seconds that were told, so that they are the truth rounded up.
      let [low, high] = [now + (seconds - 1) * 1_000, now + seconds * 1_000];
      expect([admittedAt(found, low), admittedAt(found, high)]).toEqual([false, true]);
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (admittedAt(found, middle)) high = middle;
        else low = middle;
      }
      at = high;
    }
    expect(admittedAt(found, at - 1)).toBe(false);
    expect(admittedAt(found, at)).toBe(true);
    if (rule === 'truthful') expect(seconds).toBe(Math.max(1, Math.ceil((at - now) / 1_000)));
  });

  it('shows the reset that the bucket has, in the format of the header', () => {
    if (holdsRequests) return;
    const client = clientOf(found);
    for (const ahead of [0, 1, 999, 1_000, 12_345]) {
      client.set(client.now + ahead);
      const got = client.send();
      const { resetAt, remaining, limit } = client.bucket(policy.id)!;
      for (const { name, format } of headersOf(provider, policy, 'reset'))
        expect(got.headers.get(name)).toBe(written(format, Date.parse(resetAt!), client.now));
      for (const { name } of headersOf(provider, policy, 'remaining'))
        expect(got.headers.get(name)).toBe(String(remaining));
      for (const { name } of headersOf(provider, policy, 'limit')) expect(got.headers.get(name)).toBe(String(limit));
    }
  });

  it('counts apart what it is said to, and nothing else', () => {
    const { fact } = provider.profile.accounts;
    const secret = found.family && provider.profile.callers.credentials[found.family.kind]!.fact;
    const others = [
      { who: { key: 1 as const }, differs: [secret] },
      { who: { key: 2 as const }, differs: [secret, fact] },
      { who: { ip: '10.9.8.7' }, differs: ['ip'] },
    ];
    for (const { who, differs } of others) {
      if (!found.family && 'key' in who) continue;
      const { client } = refused(found);
      const apart = policy.partitionBy.some((name) => differs.includes(name));
      expect([who, client.send(who).entry.admitted]).toEqual([who, apart]);
    }
  });

  it('charges each outcome, or lets it go free, as the profile says', () => {
    if (policy.kind === 'lease' || policy.actualCost) return;
    for (const force of [200, 304, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503]) {
      const client = clientOf(found);
      client.send();
      const before = client.bucket(policy.id)!.used;
      const got = client.send({ force });
      expect(got.status).toBe(force);
      const outcome = {
        status: force,
        error: got.entry.error,
        operation: found.plain.operation,
        method: found.plain.method,
      };
      const due = isFree(spec.free as never, outcome) ? 0 : found.cost;
      expect([force, client.bucket(policy.id)!.used - before]).toEqual([force, expect.closeTo(due, 9)]);
    }
  });

  it('never admits more than the quota within a window, however the clock is turned', () => {
    if (policy.kind === 'lease') return;
    const quota = 4 * found.cost;
    const client = clientOf(found, quota);
    const admitted: { at: number; window: string }[] = [];
    const length = nominalLength(policy.window);
    let opened = 0;
    // A small generator of our own, so that every run is the same.
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let i = 0; i < scaled(300); i++) {
      if (random(3) === 0) client.set(client.now + random(Math.ceil(length * 1.5)) - Math.floor(length / 2));
      const got = client.send();
      if (!got.entry.admitted || got.decision(policy.id)!.charged === 0) continue;
      const { used, resetAt } = client.bucket(policy.id)!;
      if (used <= found.cost) opened += 1;
      admitted.push({ at: client.now, window: policy.window.kind === 'first-request' ? String(opened) : resetAt! });
    }
    expect(admitted.length).toBeGreaterThan(scaled(20));
    if (policy.algorithm.name === 'sliding-log') {
      const { lengthMs } = policy.window as { lengthMs: number };
      const instants = admitted.map(({ at }) => at).sort((a, b) => a - b);
      for (const [i, at] of instants.entries())
        if (i >= 4) expect(at - instants[i - 4]!).toBeGreaterThanOrEqual(lengthMs);
      return;
    }
    const counts = new Map<string, number>();
    for (const { window } of admitted) counts.set(window, (counts.get(window) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(4);
  });
});
