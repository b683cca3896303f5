/** Made-up ids: the same ones after every reset, in the forms that providers give theirs. */
import { describe, expect, it } from 'vitest';
import { Ids } from '../../src/state/ids.js';

describe('ids', () => {
  it('are the same for the same calls', () => {
    const ids = new Ids();
    expect([ids.uuid(), ids.ulid(1_778_572_800_000), ids.lower(12), ids.next(), ids.random()]).toEqual([
      'eb28011c-c991-4543-a14d-34bc15df7c27',
      '01KRDK6C00CM6S1RCGKBWKXH2Y',
      '22ms2tt4us64',
      1,
      0.6393069457262754,
    ]);
  });

  it('go on where they were saved', () => {
    const ids = new Ids();
    ids.uuid();
    const other = new Ids(7);
    other.load(ids.dump());
    expect([other.uuid(), other.ulid(5), other.lower(3)]).toEqual([ids.uuid(), ids.ulid(5), ids.lower(3)]);
  });

  it('have their forms', () => {
    const ids = new Ids(99);
    for (let i = 0; i < 500; i++) {
      expect(ids.uuid()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(ids.ulid(Date.UTC(2026, 4, 12) + i)).toMatch(/^01KR[0-9A-HJKMNP-TV-Z]{22}$/);
      expect(ids.lower(i)).toMatch(new RegExp(`^[a-z\\d]{${i}}$`));
    }
  });

  it('tell the instant of a ulid, whatever was asked for before', () => {
    const ids = new Ids();
    const heads = [0, 1, 31, 32, 1, -5, 281_474_976_710_655].map((at) => ids.ulid(at).slice(0, 10));
    expect(heads).toEqual([
      '0000000000',
      '0000000001',
      '000000000Z',
      '0000000010',
      '0000000001',
      '0000000000',
      '7ZZZZZZZZZ',
    ]);
  });
});
