/** Policies that refuse with one of several errors, and what a refusal tells of the policies that refused. */
import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../src/profile/errors.js';
import { documented, openLab } from './lab.js';

const assumed = { level: 'assumed' };
const minute = { length: '60s', start: 'first-request' };
const policy = (error: unknown, more: object = {}) => ({
  algorithm: 'fixed-window',
  quota: 1,
  window: minute,
  partitionBy: ['key'],
  refusal: { error },
  evidence: documented,
  ...more,
});
const errors = { secondary: { status: 402, body: { error: 'secondary' }, evidence: assumed } };

/** The statuses of so many refusals. */
function refusals(error: unknown, count: number): (number | undefined)[] {
  const { call } = openLab({ calls: policy(error) }, { errors });
  call();
  return Array.from({ length: count }, () => call().status);
}

describe('a refusal with one of several errors', () => {
  it('has the first whose condition holds', () => {
    const { call, sandbox } = openLab(
      { calls: policy([{ when: { method: ['POST'] }, error: 'secondary' }, { error: 'limited' }]) },
      { errors },
    );
    call();
    expect(call()).toMatchObject({ status: 429, body: '{"error":"limited"}' });
    expect(call({ method: 'POST', body: {} })).toMatchObject({ status: 402, body: '{"error":"secondary"}' });
    expect(sandbox.requests().map(({ error, refusedBy }) => [error, refusedBy])).toEqual([
      [undefined, undefined],
      ['limited', 'calls'],
      ['secondary', 'calls'],
    ]);
  });

  it('shares refusals out by the seed of the sandbox, the same in every run', () => {
    const error = [{ share: 0.25, error: 'secondary' }, { error: 'limited' }];
    const first = refusals(error, 400);
    expect(refusals(error, 400)).toEqual(first);
    const share = first.filter((status) => status === 402).length / 400;
    expect(share).toBeGreaterThan(0.18);
    expect(share).toBeLessThan(0.32);
    expect(new Set(first)).toEqual(new Set([402, 429]));
  });

  it('is forced by a fault with any of its statuses', () => {
    const { call } = openLab({ calls: policy([{ share: 0.5, error: 'secondary' }, { error: 'limited' }]) }, { errors });
    expect(call({ status: 402 })).toMatchObject({ body: '{"error":"secondary"}' });
    expect(call({ status: 429 })).toMatchObject({ body: '{"error":"limited"}' });
  });

  it.each<[string, unknown, string]>([
    ['an unknown error', [{ share: 0.5, error: 'limted' }, { error: 'limited' }], 'there is no error "limted"'],
    ['no last error', [{ share: 0.5, error: 'limited' }], 'is the last error, and does not apply to every refusal'],
    ['an error that is never sent', [{ error: 'limited' }, { error: 'failed' }], 'is never sent'],
    [
      'a condition on an outcome',
      [{ when: { status: [429] }, error: 'limited' }, { error: 'limited' }],
      'this is decided before there is a response, so no status can match',
    ],
  ])('is an error of the profile with %s', (_, error, problem) => {
    expect(() => openLab({ calls: policy(error) })).toThrow(ProfileError);
    expect(() => openLab({ calls: policy(error) })).toThrow(problem);
  });
});

describe('what a refusal tells', () => {
  const body = { by: '${refusal.policy}', 'violated-policies': '${refusal.violated}', wait: '${retryAfter}' };
  const limited = { status: 429, body, evidence: assumed };

  it('names all policies that refused', async () => {
    const { call, sandbox } = openLab(
      {
        second: policy('limited', { window: { length: '1s', start: 'first-request' } }),
        minute: policy('limited'),
        hour: policy('limited', { quota: 2, window: { length: '1h', start: 'first-request' } }),
      },
      { errors: { limited } },
    );
    call();
    expect(JSON.parse(String(call().body))).toEqual({
      by: 'second',
      'violated-policies': ['second', 'minute'],
      wait: 60,
    });
    await sandbox.clock.advance(1_000);
    expect(JSON.parse(String(call().body))).toEqual({ by: 'minute', 'violated-policies': ['minute'], wait: 59 });
  });

  it('can be told in a text of a header', () => {
    const headers = {
      'X-Reason': { text: '${refusal.policy}:${retryAfter | fixed(1)}:${status}', evidence: assumed },
    };
    const { call } = openLab({ minute: policy('limited') }, { headers });
    expect(call().headers).not.toHaveProperty('X-Reason');
    expect(call().headers).toMatchObject({ 'X-Reason': 'minute:60.0:429' });
  });
});
