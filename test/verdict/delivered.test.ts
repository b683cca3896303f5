/** Refused writes that their client delivers in another form. */
import { describe, expect, it } from 'vitest';
import { lostOrDoubled } from '../../src/verdict/checks/failures/lost-or-doubled.js';
import { gaveUp } from '../../src/verdict/checks/waits/gave-up.js';
import { admitted, type Given, refused, viewOf } from './entries.js';

/** A write with a body of its own. */
const write = (at: number, method: string, path: string, items?: number): Given => ({
  at,
  method,
  path,
  operation: `${method} ${path.split('/')[1]}`,
  bodyHash: `body-${at}`,
  ...(items !== undefined && { items }),
});
const no = (...given: Parameters<typeof write>) => refused(write(...given), given[0] + 2_000);
const yes = (...given: Parameters<typeof write>) =>
  admitted({ ...write(...given), status: given[1] === 'POST' ? 201 : 200 });

function found(all: readonly Given[]): string[] {
  const view = viewOf(all, { ended: true });
  const incidents = [...gaveUp.find(view, { slack: 60_000 }).incidents, ...lostOrDoubled.find(view, {}).incidents];
  return incidents.map(({ says }) => says);
}

describe('a write that was refused', () => {
  it('is not lost where a newer one overwrites the resource', () => {
    expect(found([no(0, 'PUT', '/links/1'), yes(3_000, 'PUT', '/links/1')])).toEqual([]);
    expect(found([no(0, 'PATCH', '/links/1'), yes(3_000, 'DELETE', '/links/1')])).toEqual([]);
  });

  it('is lost where another resource is written', () => {
    expect(found([no(0, 'PUT', '/links/1'), yes(3_000, 'PUT', '/links/2')])).toEqual([
      'gave up on PUT /links/1 after 1 try',
      'never delivered PUT /links/1, which was refused, while it delivered others',
    ]);
  });

  it('is lost where only an earlier one wrote the resource', () => {
    expect(
      found([yes(0, 'PUT', '/links/1'), no(1_000, 'PUT', '/links/1'), yes(4_000, 'PUT', '/links/2')]),
    ).toHaveLength(2);
  });

  it('is not lost where its list is split, into shorter lists or into single items', () => {
    expect(found([no(0, 'POST', '/jobs', 4), yes(3_000, 'POST', '/jobs', 2), yes(4_000, 'POST', '/jobs', 2)])).toEqual(
      [],
    );
    expect(
      found([no(0, 'POST', '/jobs/batch', 3), ...[3_000, 4_000, 5_000].map((at) => yes(at, 'POST', '/jobs'))]),
    ).toEqual([]);
  });

  it('is lost where the shorter lists have fewer items together, or others are as long', () => {
    expect(found([no(0, 'POST', '/jobs', 4), yes(3_000, 'POST', '/jobs', 2)])).toHaveLength(2);
    expect(found([no(0, 'POST', '/jobs', 4), yes(3_000, 'POST', '/jobs', 4)])).toHaveLength(2);
  });

  it('is not lost where a longer list may have it', () => {
    expect(found([no(0, 'POST', '/jobs'), yes(3_000, 'POST', '/jobs', 2)])).toEqual([]);
  });

  it('is given up before the end of its wait where the run ends sooner', () => {
    const view = viewOf([no(0, 'POST', '/jobs')], { ended: true, now: Date.parse('2026-05-12T08:00:00.500Z') });
    expect(gaveUp.find(view, { slack: 60_000 }).incidents.map(({ says }) => says)).toEqual([
      'gave up on POST /jobs after 1 try, 1.5 s before it was to come back',
    ]);
  });
});
