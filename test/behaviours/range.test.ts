import { describe, expect, it } from 'vitest';
import { compileRange } from '../../src/behaviours/collections/range.js';

describe('a range', () => {
  const at = compileRange({ field: 'seen.at', from: 'since', to: 'until' });
  const holds = (query: Record<string, unknown>, at1: unknown) => at(query)?.({ seen: { at: at1 } });

  it('asks nothing when the query names no bound', () => {
    expect(at({ other: '2024-01-01' })).toBeUndefined();
    expect(compileRange({ field: 'seen.at', from: 'since' })({ until: '2024-01-01' })).toBeUndefined();
  });

  it('takes both days whole', () => {
    const january = { since: '2024-01-01', until: '2024-01-31' };
    expect(holds(january, '2023-12-31T23:59:59.999Z')).toBe(false);
    expect(holds(january, '2024-01-01T00:00:00Z')).toBe(true);
    expect(holds(january, '2024-01-31T23:59:59.999Z')).toBe(true);
    expect(holds(january, '2024-02-01T00:00:00Z')).toBe(false);
  });

  it('takes in the bounding instants, to the millisecond', () => {
    const query = { since: '2024-01-15T10:00:00.250Z', until: '2024-01-15T11:00' };
    expect(holds(query, '2024-01-15T10:00:00.249Z')).toBe(false);
    expect(holds(query, '2024-01-15T10:00:00.25Z')).toBe(true);
    expect(holds(query, '2024-01-15T11:00:00Z')).toBe(true);
    expect(holds(query, '2024-01-15T11:00:00.001Z')).toBe(false);
  });

  it.each([
    ['2024-01-15T12:00:00+02:00'],
    ['2024-01-15T12:00:00+0200'],
    ['2024-01-15T12:00:00 02:00'],
    ['2024-01-15T04:30:00-05:30'],
    ['2024-01-15 10:00'],
  ])('reads %s as ten o’clock UTC', (since) => {
    expect(holds({ since }, '2024-01-15T09:59:59.999Z')).toBe(false);
    expect(holds({ since }, '2024-01-15T10:00:00Z')).toBe(true);
  });

  it('compares numbers as numbers', () => {
    expect(holds({ since: '9', until: '10' }, 9)).toBe(true);
    expect(holds({ since: 9.5, until: '10' }, 9)).toBe(false);
    expect(holds({ until: '10' }, 10.5)).toBe(false);
  });

  it('leaves out items without the field, and bounds that it cannot read', () => {
    expect(holds({ since: '2024-01-01' }, undefined)).toBe(false);
    expect(holds({ since: '2024-01-01' }, null)).toBe(false);
    expect(holds({ since: 'yesterday' }, '2024-01-01')).toBe(true);
    expect(holds({ since: '', until: 'x' }, 5)).toBe(true);
  });
});
