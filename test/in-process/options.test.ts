import { describe, expect, it, test } from 'vitest';
import { createMock, type MockOptions } from '../../src/index.js';

/** What JavaScript lets somebody write. */
const create = (options: unknown) => createMock(options as MockOptions);

describe('createMock() refuses', () => {
  const KEYS = 'profile, openapi, allowRemoteRefs, strictExamples, ietf, variant, plan';
  test.each<[string, unknown, string]>([
    ['a misspelt key', { plann: 'growth' }, 'unknown option "plann"; did you mean "plan"?'],
    ['a key in the plural', { profiles: 'klinky' }, 'unknown option "profiles"; did you mean "profile"?'],
    ['a flag of the command line', { maxBody: 5 }, 'unknown option "maxBody"; did you mean "maxBodyBytes"?'],
    ['a key like no other', { zzzzzzzzz: 1 }, `unknown option "zzzzzzzzz"; use one of: ${KEYS}`],
    ['settings as text', { set: 'a=1' }, 'set must be a list of strings, not "a=1"; write ["a=1"]'],
    ['a number as text', { compress: '60' }, 'compress must be a number, not "60"'],
    ['a profile that is a map', { profile: { id: 'klinky' } }, 'profile must be a string or a list of strings, not {'],
    [
      'a clock with a slip',
      { clock: 'froze' },
      'clock "froze" is not a valid setting of the clock; did you mean "frozen"?',
    ],
    [
      'a clock that is a flag',
      { clock: true },
      "clock true is not a valid setting of the clock; write 'system', 'frozen', an",
    ],
    ['a misspelt key of the clock', { clock: { frozn: true } }, 'unknown option "clock.frozn"; did you mean "frozen"?'],
    [
      'an instant that is none',
      { clock: '2026-13-01T00:00:00Z' },
      '"2026-13-01T00:00:00Z" is not an instant; write ISO 86',
    ],
    ['text', 'klinky', 'createMock() takes an object of options, such as { profile: \'my-api\' }, not "klinky"'],
  ])('%s', async (_, options, message) => {
    await expect(create(options)).rejects.toThrow(message);
  });
});

describe('the clock', () => {
  it.each([['2026-05-12T08:00:00Z'], [Date.UTC(2026, 4, 12, 8)]])('begins at %s, frozen', async (clock) => {
    await using mock = await createMock({ profile: 'klinky', clock });
    expect(mock.clock.read()).toMatchObject({ now: '2026-05-12T08:00:00.000Z', mode: 'frozen' });
  });
});

test('a key without a value is as good as none', async () => {
  await using mock = await create({ profile: 'klinky', plan: undefined, clock: undefined });
  expect((mock as Awaited<ReturnType<typeof createMock>>).profiles).toEqual(['klinky']);
});
