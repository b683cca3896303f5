/** Which program sent a request. */
import { describe, expect, it } from 'vitest';
import { programsOf } from '../../src/verdict/knowledge/programs.js';
import { entriesOf, type Given, processOf, START } from './entries.js';

/** The programs of the requests, each as the place of its first request. */
function programs(...all: readonly Given[]): number[] {
  const entries = entriesOf(all);
  const names = programsOf(entries);
  const inOrder = entries.map((entry) => names.get(entry)!);
  return inOrder.map((name) => inOrder.indexOf(name));
}

describe('X-Mock429-Client', () => {
  it('tells programs apart, whatever else they have in common', () => {
    const both = { connection: 1, opener: processOf(200), userAgent: 'node' };
    expect(programs({ at: 0, client: 'a', ...both }, { at: 1, client: 'b', ...both })).toEqual([0, 1]);
  });

  it('makes one program of several processes', () => {
    const a = { at: 0, client: 'a', connection: 1, opener: processOf(200) };
    expect(programs(a, { ...a, at: 1, connection: 2, opener: processOf(201) })).toEqual([0, 0]);
  });

  it('does not join a process that names itself to one that does not', () => {
    const opener = processOf(200);
    expect(programs({ at: 0, client: 'a', connection: 1, opener }, { at: 1, connection: 2, opener })).toEqual([0, 1]);
  });
});

describe('the process that opened the connection', () => {
  it('is one program, whatever its connections and its User-Agent', () => {
    const opener = processOf(200);
    expect(
      programs({ at: 0, connection: 1, opener, userAgent: 'one' }, { at: 1, connection: 2, opener, userAgent: 'two' }),
    ).toEqual([0, 0]);
  });

  it('tells programs apart that call themselves the same', () => {
    const one = { at: 0, left: 50, connection: 1, opener: processOf(200), userAgent: 'node' };
    const two = { at: 1, left: 50, connection: 2, opener: processOf(201), userAgent: 'node' };
    expect(programs(one, two)).toEqual([0, 1]);
  });

  it('is another where its id has been given to a process that started later, beside the first', () => {
    const one = { at: 0, left: 500, connection: 1, opener: processOf(200) };
    const two = { at: 100, left: 200, connection: 2, opener: processOf(200, { startedAt: START + 90 }) };
    expect(programs(one, two)).toEqual([0, 1]);
  });
});

describe('a script that starts a process for each request', () => {
  const first: Given = { at: 20, left: 30, connection: 1, opener: processOf(200) };
  const second = (given: object) => ({
    at: 60,
    left: 70,
    connection: 2,
    opener: processOf(201, { startedAt: START + 40, ...given }),
  });

  it('is one program', () => {
    const third = { at: 90, connection: 3, opener: processOf(202, { startedAt: START + 80 }) };
    expect(programs(first, second({}), third)).toEqual([0, 0, 0]);
  });

  it('is one program where a process seems to have started 15 ms before the answer to the one before', () => {
    expect(programs(first, second({ startedAt: START + 15 }))).toEqual([0, 0]);
    expect(programs(first, second({ startedAt: START + 14 }))).toEqual([0, 1]);
  });

  it('is not one where the earlier process is still there', () => {
    expect(programs(first, second({ beside: [200] }))).toEqual([0, 1]);
  });

  it('is not one where the processes have no ancestor in common', () => {
    expect(programs(first, second({ ancestors: [300, 11] }))).toEqual([0, 1]);
  });

  it('may start its clients through a shell each', () => {
    expect(
      programs({ ...first, opener: processOf(200, { ancestors: [150, 100] }) }, second({ ancestors: [160, 100] })),
    ).toEqual([0, 0]);
  });

  it('is not one where the earlier shell is still there beside the next', () => {
    const inShell = { ...first, opener: processOf(200, { ancestors: [150, 100] }) };
    expect(programs(inShell, second({ ancestors: [160, 100], beside: [150] }))).toEqual([0, 1]);
    expect(programs(inShell, second({ ancestors: [100, 10], beside: [150] }))).toEqual([0, 1]);
    expect(programs(inShell, second({ ancestors: [160, 100], beside: [140] }))).toEqual([0, 0]);
  });

  it('goes on in the same shell, and in one that this shell started, while others run', () => {
    const inShell = { ...first, opener: processOf(200, { ancestors: [150, 100] }) };
    expect(programs(inShell, second({ ancestors: [150, 100], beside: [160, 170] }))).toEqual([0, 0]);
    expect(programs(inShell, second({ ancestors: [151, 150, 100], beside: [160, 170] }))).toEqual([0, 0]);
    expect(programs(inShell, second({ ancestors: [150, 100], beside: [150, 160] }))).toEqual([0, 0]);
  });

  it('is one of several that run in parallel, each in its shell, and a new shell follows the one that ended', () => {
    const inShell = (shell: number, n: number, beside: readonly number[]): Given => ({
      at: n * 100 + 5,
      left: n * 100 + 10,
      connection: n + 1,
      opener: processOf(200 + n, { ancestors: [shell, 100], startedAt: START + n * 100, beside }),
    });
    expect(
      programs(
        inShell(150, 0, []),
        inShell(151, 1, [150]),
        inShell(150, 2, [151]),
        inShell(151, 3, [150]),
        inShell(152, 4, [151]),
        inShell(152, 5, [151]),
      ),
    ).toEqual([0, 1, 0, 1, 0, 0]);
  });

  it('is not one where the common ancestor is farther away than that', () => {
    const far = { ...first, opener: processOf(200, { ancestors: [150, 151, 100] }) };
    expect(programs(far, second({ ancestors: [160, 161, 100] }))).toEqual([0, 1]);
  });

  it('is told apart from another script by the nearer relation', () => {
    const other = {
      at: 22,
      left: 32,
      connection: 4,
      opener: processOf(300, { ancestors: [110, 10], startedAt: START + 1 }),
    };
    const next = { at: 61, connection: 5, opener: processOf(301, { ancestors: [110, 10], startedAt: START + 41 }) };
    expect(programs(first, other, second({}), next)).toEqual([0, 1, 0, 1]);
  });

  it('of two that are equally near goes on with the one that ended last', () => {
    const beside = { at: 5, left: 10, connection: 4, opener: processOf(198, { startedAt: START - 1 }) };
    const entries = [beside, { ...first, opener: processOf(200, { beside: [198] }) }, second({})];
    expect(programs(...entries)).toEqual([0, 1, 1]);
  });

  it('is not one where a process sent its request after the next one had started', () => {
    expect(programs({ ...first, left: null, at: 60 }, second({}))).toEqual([0, 1]);
  });
});

describe('where the system does not tell the process', () => {
  it('programs are told apart by User-Agent, not by connection', () => {
    expect(
      programs(
        { at: 0, connection: 1, userAgent: 'one' },
        { at: 1, connection: 2, userAgent: 'one' },
        { at: 2, connection: 1, userAgent: 'two' },
      ),
    ).toEqual([0, 0, 2]);
  });

  it('those that send no User-Agent are one', () => {
    expect(programs({ at: 0, connection: 1 }, { at: 1, connection: 2 })).toEqual([0, 0]);
  });
});

it('requests in the same process are one program, and not one with those that came over a connection', () => {
  expect(programs({ at: 0 }, { at: 1 }, { at: 2, connection: 1 })).toEqual([0, 0, 2]);
});
