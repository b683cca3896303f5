/** Refused writes that their client delivers in another form. */
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/limits/policy.js';
import { createView } from '../../src/verdict/calls/view.js';
import { lostOrDoubled } from '../../src/verdict/checks/failures/lost-or-doubled.js';
import { gaveUp } from '../../src/verdict/checks/waits/gave-up.js';
import { admitted, entriesOf, type Given, refused, START, subject, viewOf } from './entries.js';

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

  it('is lost where a longer list is of something else, and where it deletes', () => {
    expect(found([no(0, 'POST', '/jobs'), yes(3_000, 'POST', '/links', 2)])).toEqual([
      'gave up on POST /jobs after 1 try',
    ]);
    expect(found([no(0, 'DELETE', '/links/1'), yes(3_000, 'POST', '/links', 2)])).toEqual([
      'gave up on DELETE /links/1 after 1 try',
    ]);
  });

  it('is given up before the end of its wait where the run ends sooner', () => {
    const view = viewOf([no(0, 'POST', '/jobs')], { ended: true, now: Date.parse('2026-05-12T08:00:00.500Z') });
    expect(gaveUp.find(view, { slack: 60_000 }).incidents.map(({ says }) => says)).toEqual([
      'gave up on POST /jobs after 1 try, 1.5 s before it was to come back',
    ]);
  });
});

describe('a read that was refused', () => {
  const id = 'pred_0123456789';
  const facts = {
    ...subject,
    queryOf: () => undefined,
    resourceOf: (_method: string, path: string) => path.split('/')[2]!,
  };
  const givenUp = (...paths: readonly string[]) => {
    const all = paths.map((path, n) => (n === 0 ? refused({ at: 0, path }, 2_000) : admitted({ at: 3_000 * n, path })));
    const view = createView(entriesOf(all), facts, { now: START + 600_000, ended: true, lost: 0 });
    return gaveUp.find(view, { slack: 60_000 }).incidents.length;
  };

  it('is done where the same resource is read by another path', () => {
    expect(givenUp(`/predictions/${id}`, `/status/${id}`)).toBe(0);
  });

  it('is given up where something else below the resource is read, or another page', () => {
    expect(givenUp(`/links/${id}/clicks`, `/links/${id}/variants`)).toBe(1);
    expect(givenUp(`/links/${id}/clicks?page=2`, `/links/${id}/clicks?page=3`)).toBe(1);
    expect(givenUp(`/links/${id}?day=1`, `/links/${id}?day=2`)).toBe(1);
  });

  it('is given up where another resource is read, or the path ends in a number', () => {
    expect(givenUp(`/predictions/${id}`, `/status/${id}0`)).toBe(1);
    expect(givenUp('/orders/1', '/users/1')).toBe(1);
  });
});

it('a request that a stock refuses for ever is not given up', () => {
  const spent = refused({ at: 0 }, undefined, { resetAt: null, retryAt: null });
  const policyOf = (kind: 'counter' | 'lease') => new Map([['minute', { kind } as Policy]]);
  const givenUp = (all: readonly Given[], kind: 'counter' | 'lease') =>
    gaveUp.find(viewOf(all, { ended: true, policies: policyOf(kind) }), { slack: 60_000 }).incidents.length;
  expect(givenUp([spent], 'counter')).toBe(0);
  expect(givenUp([spent], 'lease')).toBe(1);
  expect(givenUp([refused({ at: 0 }, 2_000)], 'counter')).toBe(1);
});
