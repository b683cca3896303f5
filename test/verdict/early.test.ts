/** Calls that came before their program had been told to come back, and of which kind each is. */
import { describe, expect, it } from 'vitest';
import { earlyCalls } from '../../src/verdict/calls/early.js';
import { admitted, type Given, refused, viewOf } from './entries.js';

/** `2 after 1: own`, by the numbers of the calls. */
function early(...all: readonly Given[]): string[] {
  return earlyCalls(viewOf(all)).map(({ call, refusal, kind }) => `${call.number} after ${refusal.number}: ${kind}`);
}

/** Until when the refusals here tell to wait. */
const DUE = 10_000;

describe('a call that repeats what was refused', () => {
  it('is the offence of its own program', () => {
    expect(early(refused({ at: 0 }, DUE), refused({ at: 500 }, DUE))).toEqual(['2 after 1: own']);
  });

  it('is on time at the instant that was told', () => {
    expect(early(refused({ at: 0 }, DUE), admitted({ at: DUE }))).toEqual([]);
  });

  it('may come 5 ms before where it is admitted, since timers fire a little early', () => {
    expect(early(refused({ at: 0 }, DUE), admitted({ at: DUE - 5 }))).toEqual([]);
    expect(early(refused({ at: 0 }, DUE), admitted({ at: DUE - 6 }))).toEqual(['2 after 1: own']);
  });

  it('may not where it is refused', () => {
    expect(early(refused({ at: 0 }, DUE), refused({ at: DUE - 1 }, DUE))).toEqual(['2 after 1: own']);
  });

  it('has kept to its word at the earliest of several instants that were told', () => {
    const [first] = [refused({ at: 0 }, DUE)];
    const told = { ...first!, comeBackAt: [first!.comeBackAt![0]! - 4_000, ...first!.comeBackAt!] };
    expect(early(told, refused({ at: DUE - 4_000 }, DUE))).toEqual([]);
    expect(early(told, refused({ at: DUE - 4_001 }, DUE))).toEqual(['2 after 1: own']);
  });

  it('cannot be early where nothing was told', () => {
    expect(early(refused({ at: 0 }), refused({ at: 1 }), refused({ at: 2 }))).toEqual([]);
  });

  it('is not early for what another program was told', () => {
    const one = { connection: 1, userAgent: 'one' };
    const two = { connection: 2, userAgent: 'two' };
    expect(early(refused({ at: 0, ...one }, DUE), refused({ at: 500, ...two }, DUE))).toEqual([]);
  });

  it('is not early where the clock has been set back since', () => {
    expect(early(refused({ at: 0, sentAt: 8e12, answeredAt: 8e12 }, DUE), refused({ at: 500 }, DUE))).toEqual([]);
  });

  it('is early for a 429 of the provider’s own as well, which no policy made', () => {
    const own = { status: 429, comeBackAt: refused({ at: 0 }, DUE).comeBackAt! };
    expect(early({ at: 0, ...own }, { at: 500 })).toEqual(['2 after 1: own']);
    // For other requests it says nothing.
    expect(early({ at: 0, ...own }, { at: 500, path: '/b' })).toEqual([]);
  });
});

describe('a call of something else, by the same limit,', () => {
  it('is the program’s offence where what was refused is never asked again', () => {
    expect(early(refused({ at: 0 }, DUE), refused({ at: 500, path: '/b' }, DUE))).toEqual(['2 after 1: other']);
  });

  it('is where what was refused is asked again too early', () => {
    expect(early(refused({ at: 0 }, DUE), refused({ at: 500, path: '/b' }, DUE), refused({ at: 9_000 }, DUE))).toEqual([
      '2 after 1: other',
      '3 after 2: own',
    ]);
  });

  it('shows that the program is uncoordinated where what was refused waits as it was told', () => {
    expect(early(refused({ at: 0 }, DUE), refused({ at: 500, path: '/b' }, DUE), admitted({ at: DUE }))).toEqual([
      '2 after 1: uncoordinated',
    ]);
  });

  it('is nothing to a limit that it does not take from', () => {
    const other = { bucket: 'minute-2' };
    expect(early(refused({ at: 0 }, DUE), refused({ at: 500, path: '/b' }, DUE, other))).toEqual([]);
  });

  it('may need less than was refused', () => {
    const large = refused({ at: 0 }, DUE, { cost: 10 });
    expect(early(large, admitted({ at: 500, path: '/b' }, { cost: 9 }))).toEqual([]);
    expect(early(large, admitted({ at: 500, path: '/b' }, { cost: 10 }))).toEqual(['2 after 1: other']);
  });

  it('may go on once one that needed as much was let in', () => {
    const all = [refused({ at: 0 }, DUE, { cost: 2 }), admitted({ at: 100, path: '/b' }, { cost: 2 })];
    const next = admitted({ at: 200, path: '/c' }, { cost: 2 });
    expect(early(...all, next)).toEqual(['2 after 1: other']);
    const less = admitted({ at: 100, path: '/b' }, { cost: 1 });
    expect(early(all[0]!, less, next)).toEqual(['3 after 1: other']);
  });
});

describe('a limit on what runs at the same time', () => {
  const running = { resetAt: null };

  it('may have room sooner than it was told: somebody ended what took it', () => {
    expect(early(refused({ at: 0 }, DUE, running), admitted({ at: 500 }, running))).toEqual([]);
  });

  it('has none for who repeats what was refused', () => {
    expect(early(refused({ at: 0 }, DUE, running), refused({ at: 500 }, DUE, running))).toEqual(['2 after 1: own']);
  });
});

describe('calls that may have crossed the refusal', () => {
  /** Two requests at once at the end of the run: its program is not one that sends one at a time. */
  const concurrent: readonly Given[] = [
    { at: 90_000, left: 90_010, connection: 91, path: '/z' },
    { at: 90_001, left: 90_010, connection: 92, path: '/z' },
  ];
  /** One refusal after another, each on a connection of its own and within the margin of the one before. */
  const row = (n: number) =>
    Array.from({ length: n }, (_, i) => refused({ at: 10 * i, left: 10 * i + 2, connection: i + 1 }, DUE));

  it('are undecided', () => {
    expect(early(...row(2), ...concurrent)).toEqual(['2 after 1: undecided']);
  });

  it('are decided by a chain of three', () => {
    expect(early(...row(3), ...concurrent)).toEqual(['2 after 1: own', '3 after 2: own']);
    expect(early(...row(5), ...concurrent)).toHaveLength(4);
    expect(early(...row(5), ...concurrent).filter((one) => !one.endsWith('own'))).toEqual([]);
  });

  it('form no chain where they were sent at once', () => {
    const atOnce = Array.from({ length: 6 }, (_, i) => refused({ at: i, left: 20 + i, connection: i + 1 }, DUE));
    expect(early(...atOnce)).toEqual([]);
    // The answers leave while the requests still arrive: each may be sent in spite of the first, and none in spite of another.
    const crossed = Array.from({ length: 6 }, (_, i) => refused({ at: 10 + i, left: 30 + i, connection: i + 2 }, DUE));
    const kinds = early(refused({ at: 0, left: 5, connection: 1 }, DUE), ...crossed).map((one) => one.split(': ')[1]);
    expect(kinds).not.toContain('own');
    expect(kinds).not.toContain('other');
  });

  it('show nothing where each of them then waits as it was told', () => {
    const paths = ['/a', '/b'];
    const first = paths.map((path, i) => refused({ at: 10 * i, left: 10 * i + 2, connection: i + 1, path }, DUE));
    const again = paths.map((path, i) => admitted({ at: DUE + 100 * i, connection: i + 1, path }));
    expect(early(...first, ...again, ...concurrent)).toEqual([]);
  });

  it('show nothing where the next comes when the first was told to', () => {
    const late = refused({ at: DUE + 1, connection: 3 }, 2 * DUE);
    expect(early(...row(2), late, ...concurrent)).toEqual([]);
  });
});

it('is found once for each view', () => {
  const view = viewOf([refused({ at: 0 }, DUE), refused({ at: 500 }, DUE)]);
  expect(earlyCalls(view)).toBe(earlyCalls(view));
});
