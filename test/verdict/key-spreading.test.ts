/** Several keys of an account: of one program, and of several. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/verdict/check.js';
import { keySpreading } from '../../src/verdict/checks/quotas/key-spreading.js';
import { admitted, type Given, processOf, refused, viewOf } from './entries.js';

/** Requests with these keys in turn. @param openerOf the process that sends those of a key */
function inTurns(keys: readonly string[], openerOf: (key: string) => Given['opener']): Given[] {
  return Array.from({ length: 16 }, (_, n) => {
    const key = keys[n % keys.length]!;
    return admitted(withKey(key, openerOf, 100 * n), { limit: 10, bucket: key });
  });
}

function withKey(key: string, openerOf: (key: string) => Given['opener'], at: number): Given {
  const connection = key === 'one' ? 1 : 2;
  return { at, connection, caller: { kind: 'key', key, account: 'a' }, keyHash: key, opener: openerOf(key) } as Given;
}

function incidentsOf(all: readonly Given[]): readonly Incident[] {
  return keySpreading.find(viewOf(all), { policy: 'minute' }).incidents;
}

function found(all: readonly Given[]): number {
  return incidentsOf(all).length;
}

const together = { beside: [7, 8] };
const processes: Record<string, Given['opener']> = { one: processOf(7, together), two: processOf(8, together) };

describe('keys that alternate', () => {
  it('are found with one process', () => {
    expect(found(inTurns(['one', 'two'], () => processOf(7)))).toBe(1);
  });

  it('are found where the processes are not known', () => {
    expect(found(inTurns(['one', 'two'], () => undefined))).toBe(1);
  });

  it('are told apart by numbers where their masked forms are equal', () => {
    const masked = inTurns(['one', 'two', 'three'], () => processOf(7)).map(
      (given): Given => ({ ...given, caller: { ...given.caller, key: 'sk_…' } }),
    );
    expect(incidentsOf(masked).map(({ callerName }) => callerName)).toEqual([
      'on key sk_… (1), key sk_… (2) and key sk_… (3)',
    ]);
  });

  it('are not found with two processes that have a key each and happen to alternate', () => {
    expect(found(inTurns(['one', 'two'], (key) => processes[key]))).toBe(0);
  });

  it('are not found with two programs by their User-Agent, each with a key of its own', () => {
    const agents = inTurns(['one', 'two'], () => undefined).map(
      (given): Given => ({ ...given, userAgent: given.keyHash }),
    );
    expect(found(agents)).toBe(0);
  });

  it('are found with one process beside another that has a key of its own', () => {
    const own = inTurns(['three'], () => processOf(9, together)).map((given) => ({ ...given, at: given.at + 50 }));
    expect(found([...inTurns(['one', 'two'], () => processOf(7)), ...own].sort((a, b) => a.at - b.at))).toBe(1);
  });
});

it('that belong to separate customers belong in separate accounts: a hint', () => {
  expect(keySpreading.hint!('prediction')).toBe(
    'keys of separate customers belong in separate accounts: PUT /__mock429/accounts/prediction/NAME gives NAME its keys',
  );
});

describe('a request that one key was refused and another sends', () => {
  const both = (openerOf: (key: string) => Given['opener']): Given[] => [
    refused(withKey('one', openerOf, 0), 60_000, { bucket: 'one' }),
    admitted(withKey('two', openerOf, 500), { bucket: 'two' }),
  ];

  it('is found in one process', () => {
    expect(found(both(() => processOf(7)))).toBe(1);
  });

  it('is told with numbers where the masked forms of the keys are equal', () => {
    const masked = both(() => processOf(7)).map(
      (given): Given => ({ ...given, caller: { ...given.caller, key: 'sk_…' } }),
    );
    expect(incidentsOf(masked)[0]!.callerName).toBe('on key sk_… (1) and key sk_… (2)');
  });

  it('is not found in two processes, neither of which knows what the other was told', () => {
    expect(found(both((key) => processes[key]))).toBe(0);
  });

  it('is found in one process, whichever others were refused the same request in between', () => {
    const [first, second] = both(() => processOf(7));
    const others = [8, 9].map((pid) =>
      refused(
        withKey(`of ${pid}`, () => processOf(pid, together), 10 * pid),
        60_000,
      ),
    );
    expect(found([first!, ...others, second!])).toBe(1);
  });

  it('is not found in two programs by their User-Agent', () => {
    expect(found(both(() => undefined).map((given): Given => ({ ...given, userAgent: given.keyHash })))).toBe(0);
  });
});
