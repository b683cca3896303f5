import { describe, expect, it } from 'vitest';
import { MAX_UNITS, unitsOf } from '../../src/limits/amounts.js';
import { MAX_DURATION_MS, parseDuration, readDuration } from '../../src/limits/duration.js';

describe('an amount', () => {
  it.each([
    [0, 1, 0],
    [60, 1, 60],
    [0.5, 100, 50],
    [0.29, 100, 29],
    [1.1, 10, 11],
    [MAX_UNITS, 1, MAX_UNITS],
    [0.1, 1_000_000_000, 100_000_000],
  ])('of %d, in 1/%d', (amount, scale, units) => {
    expect(unitsOf(amount, scale)).toBe(units);
  });

  it.each([
    [0.5, 1, '0.5 is no whole number'],
    [1e-12, 1, '1e-12 is no whole number'],
    [0.005, 100, '0.005 is no whole number of 1/100'],
    [-1, 1, '-1 is no number from 0 up'],
    [Number.NaN, 1, 'NaN is no number from 0 up'],
    [Number.POSITIVE_INFINITY, 1, 'Infinity is more than can be counted here'],
    [1e300, 1, '1e+300 is more than can be counted here'],
    [2 ** 53, 1, '9007199254740992 is more than can be counted here'],
    [2 ** 53 / 100, 100, '90071992547409.92 is more than can be counted here'],
  ])('of %d, in 1/%d, is none', (amount, scale, problem) => {
    expect(unitsOf(amount, scale)).toMatchObject({ problem });
  });

  it('is bounded by what its algorithm can count', () => {
    expect(unitsOf(10, 1, 9)).toEqual({ problem: '10 is more than can be counted here', fix: 'write 9 at most' });
  });
});

describe('a duration', () => {
  it.each([
    ['1ms', 1],
    ['0.29s', 290],
    ['1.5h', 5_400_000],
    ['0s', 0],
    ['PT0.001S', 1],
    ['365250d', MAX_DURATION_MS],
    ['1000000000000ms', 1e12],
    ['1h30m', 5_400_000],
    ['59m59s', 3_599_000],
    ['1d 12h', 129_600_000],
    ['1m500ms', 60_500],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    ['0.5ms', /whole number of milliseconds/],
    ['0.4ms', /whole number of milliseconds/],
    ['1.0005s', /whole number of milliseconds/],
    ['PT0.0001S', /whole number of milliseconds/],
    ['365251d', /longer than 1000 years/],
    ['99999999999d', /longer than 1000 years/],
    [`${'9'.repeat(400)}s`, /longer than 1000 years/],
    ['P99999999W', /longer than 1000 years/],
    ['60', /^has no unit; write 60s for seconds, 60ms for milliseconds$/],
    ['1.5', /^has no unit; write 1.5s/],
    ['30m1h', /not a duration/],
    ['1h1h', /not a duration/],
    ['1h30', /not a duration/],
    ['9000000h1s', /longer than 1000 years/],
    ['-1s', /not a duration/],
  ])('%s is none', (text, fault) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(readDuration(text)).toMatchObject({ fault: expect.stringMatching(fault) });
  });
});
