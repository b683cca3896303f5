/** The verdict as an assertion: what passes, and what the message of a failure says. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMock, type Mock } from '../../src/mock.js';
import { assertBehaved } from '../../src/testing/assert.js';
import { behaviourOf } from '../../src/testing/behaved.js';
import { matchers } from '../../src/testing/matchers.js';

const KEY = { headers: { 'X-API-Key': 'klinky_live_aaaabbbb' } };
const links = () => mock.fetch('/api/v1/public/links', KEY);

let mock: Mock;
beforeEach(async () => {
  mock = await createMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z' });
});
afterEach(() => mock.close());

const leave = (remaining: number) =>
  mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining });

describe('a client that behaved', () => {
  test('passes', async () => {
    await links();
    expect(() => assertBehaved(mock, { failOn: 'warn' })).not.toThrow();
    expect(behaviourOf(mock)).toEqual({
      behaved: true,
      message: '- Expected  a finding of severity error\n+ Received  verdict pass: no findings in 1 request',
    });
  });

  test('is judged in a sandbox of its own', async () => {
    leave(0);
    for (let i = 0; i < 2; i++) await links();
    const sandbox = mock.sandbox('other');
    await sandbox.fetch('/api/v1/public/links', KEY);
    assertBehaved(sandbox);
    expect(() => assertBehaved(mock)).toThrow('did not behave');
  });
});

describe('a client that did not', () => {
  test('is told each finding, with its requests and the advice', async () => {
    leave(0);
    for (let i = 0; i < 2; i++) await links();
    expect(behaviourOf(mock).message).toBe(
      `- Expected  no finding of severity error
+ Received  verdict fail: 1 finding: 1 error in 2 requests

+ error retry-too-early (klinky): Came back before it was told to
+   came back 0 ms after being told to wait 30 min, on key klinky…bbbb
    request 1  08:30:00.000Z  GET /api/v1/public/links  429, Retry-After 1800
    request 2  08:30:00.000Z  GET /api/v1/public/links  429, Retry-After 1800; its client knew the answer to request 1
    advice  Wait for as many seconds as Retry-After says before retrying
    source  documented: “Rate Limits” https://klinky-docs.pages.dev/guide/api/rate-limits`,
    );
    expect(() => assertBehaved(mock)).toThrow(expect.objectContaining({ code: 'ERR_ASSERTION' }));
  });

  test('has only a few of many requests shown', async () => {
    leave(0);
    for (let i = 0; i < 12; i++) await links();
    const { message } = behaviourOf(mock);
    expect(message).toMatch(/ {4}request 5 .*\n {4}requests 6, 7, 8, 9, 10 and 2 more\n {4}advice/);
  });

  test('may have warnings, unless they fail too', async () => {
    leave(1);
    for (let i = 0; i < 2; i++) await links();
    expect(mock.report().verdict).toBe('warn');
    assertBehaved(mock);
    expect(() => assertBehaved(mock, { failOn: 'warn' })).toThrow(
      /Expected {2}no finding\n[\s\S]*warn ignored-remaining/,
    );
  });

  test('may have given up, if no more calls will come', async () => {
    leave(0);
    await links();
    assertBehaved(mock, { failOn: 'warn' });
    expect(() => assertBehaved(mock, { failOn: 'warn', ended: true })).toThrow('gave-up');
  });
});

test('a mock without requests fails, unless that is allowed', () => {
  expect(() => assertBehaved(mock)).toThrow(/Received {2}no requests\n\nThe mock received no requests/);
  assertBehaved(mock, { allowNoRequests: true });
});

test.each([undefined, null, 5, {}, 'http://127.0.0.1'])('%s is no mock', (value) => {
  expect(() => assertBehaved(value as unknown as Mock)).toThrow(/only a mock can be judged, not/);
});

test('an unknown severity is told', () => {
  expect(() => assertBehaved(mock, { failOn: 'fatal' as 'error' })).toThrow('must be "error" or "warn", not "fatal"');
});

test('the matcher colours what differs, and names its call', async () => {
  const utils = { EXPECTED_COLOR: (text: string) => `<${text}>`, RECEIVED_COLOR: (text: string) => `[${text}]` };
  const { pass, message } = matchers.toHaveBehaved.call({ isNot: false, utils }, mock);
  expect(pass).toBe(false);
  expect(message()).toMatch(
    /^expect\(mock\)\.toHaveBehaved\(\)\n\n<- Expected {2}no finding of severity error>\n\[\+ Received {2}no requests\]\n/,
  );
  await links();
  expect(matchers.toHaveBehaved.call({ isNot: true }, mock).message()).toMatch(
    /^expect\(mock\)\.not\.toHaveBehaved\(\)/,
  );
});
