/** Who reads a job while it runs, and who reads one that has ended. */
import { describe, expect, it } from 'vitest';
import { polledForCompletion } from '../../src/verdict/checks/economy/polled-for-completion.js';
import { type Given, viewOf } from './entries.js';

type State = Given['job'];

const readsOf = (...states: readonly State[]): Given[] =>
  states.map((job, i) => ({ at: 100 * i, operation: 'getAudit', path: '/v1/audits/aud_1', job }));
const some = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);
const found = (reads: readonly Given[]) =>
  polledForCompletion.find(viewOf(reads), { operations: ['getAudit'], most: 3 }).incidents.map(({ says }) => says);

describe('reads of a job', () => {
  it('are found once there are too many, though nobody saw it end', () => {
    expect(found(readsOf(...some(3, 'running' as const)))).toEqual([]);
    expect(found(readsOf(...some(4, 'running' as const)))).toEqual([
      'read /v1/audits/aud_1 4 times while it ran, where a webhook tells when it has ended',
    ]);
  });

  it('are found up to its end, however often it is read after that', () => {
    expect(found(readsOf(...some(3, 'running' as const), ...some(9, 'ended' as const)))).toEqual([
      'read /v1/audits/aud_1 4 times until it had ended, where a webhook tells that',
    ]);
    expect(found(readsOf(...some(2, 'running' as const), ...some(9, 'ended' as const)))).toEqual([]);
  });

  it('that had ended before are not found', () => {
    expect(found(readsOf(...some(20, 'ended' as const)))).toEqual([]);
  });

  it('are counted for each job by itself', () => {
    const reads = readsOf(...some(6, 'running' as const));
    expect(found(reads.map((read, i) => ({ ...read, path: `/v1/audits/aud_${i % 2}` })))).toEqual([]);
  });
});

describe('reads of what the journal does not know as a job', () => {
  const tagged = (...tags: readonly string[]) =>
    readsOf(...some(tags.length, undefined)).map((read, i) => ({ ...read, etag: tags[i] }));

  it('are found up to the last change of the entity tag', () => {
    expect(found(tagged('a', 'a', 'a', 'b', 'b'))).toEqual([
      'read /v1/audits/aud_1 4 times until it had ended, where a webhook tells that',
    ]);
    expect(found(tagged('a', 'a', 'b', 'b', 'b'))).toEqual([]);
  });

  it('are not found without a change', () => {
    expect(found(tagged(...some(20, 'a')))).toEqual([]);
    expect(found(readsOf(...some(20, undefined)))).toEqual([]);
  });
});
