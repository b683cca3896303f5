/**
 * The labelled set is well-formed, and its arithmetic right. What it says of the verdict is for `npm run verdict:labelled`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labels } from '../../labelled/checks.js';
import { situations } from '../../labelled/expectations/index.js';
import { type Outcome, profiles, programs, wasTested } from '../../labelled/one.js';
import { byCheck, bySituation, score } from '../../labelled/score.js';
import { shortOf } from '../../labelled/short.js';
import { family, type Need, type Situation } from '../../labelled/situation.js';
import { builtInProfiles } from '../../src/profile/locate.js';

const NEEDS: Readonly<Record<string, Need>> = { py: 'python3', pl: 'perl', rb: 'ruby', go: 'go', sh: 'bash' };

/** The program, and those that it is told to start. */
function programsOf({ command: [program, ...args] }: Situation): string[] {
  const started = args.flatMap((one) => (one as { programs?: [string][] }).programs ?? []);
  return [String(program), ...started.map(([name]) => name)];
}

describe('the labelled set', () => {
  it('has at least 120 situations, each with an id of its own', () => {
    expect(situations.length).toBeGreaterThanOrEqual(120);
    expect(new Set(situations.map(({ id }) => id)).size).toBe(situations.length);
  });

  it('has good clients and bad ones in each family', () => {
    for (const name of new Set(situations.map((one) => one.family))) {
      const kinds = situations.filter((one) => one.family === name).map(({ kind }) => kind);
      expect(new Set(kinds), name).toEqual(new Set(['good', 'bad']));
    }
  });

  it.each(situations.map((one) => [one.id, one] as const))('%s is well-formed', (_id, situation) => {
    const { id, kind, must, may, unjudged, verdict, profile, needs, command, scene, what } = situation;
    expect(id).toMatch(/^[a-z]+\/[a-z\d-]+$/);
    expect(what).toMatch(/^[a-z].*[^.]$/);
    for (const name of programsOf(situation)) {
      expect(existsSync(join(programs, name)), name).toBe(true);
      const need = NEEDS[name.split('.').at(-1)!];
      if (need) expect(needs.some((one) => one.startsWith(need))).toBe(true);
    }
    expect(command.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify([command, scene]))).toEqual([command, scene]);
    expect(builtInProfiles().includes(profile) || existsSync(join(profiles, `${profile}.yaml`))).toBe(true);
    for (const check of [...must.flatMap((one) => one.split('|')), ...may, ...unjudged])
      expect(labels.has(check), check).toBe(true);
    expect(verdict.length).toBeGreaterThan(0);
    // A good client has nothing to be found, and never fails; a bad one has, or may not pass.
    if (kind === 'good') {
      expect(must).toEqual([]);
      expect(verdict).not.toContain('fail');
    } else {
      expect(must.length > 0 || unjudged.length > 0 || !verdict.includes('pass')).toBe(true);
    }
  });

  it('has a short sample with something of each family', () => {
    const short = shortOf(situations);
    expect(short.length).toBeLessThanOrEqual(25);
    expect(new Set(short.map((one) => one.family))).toEqual(new Set(situations.map((one) => one.family)));
  });
});

describe('a situation', () => {
  const { good } = family('trial');
  const figures = { requests: 2, refused: 0, rejected: 0, failed: 0, lost: 0 };
  const outcome = { verdict: 'pass', found: [], passed: [], ms: 0 };

  it.each([
    [{}, {}, true],
    [{ quotas: [{}] }, {}, false],
    [{ quotas: [{}] }, { refused: 1 }, true],
    [{ quotas: [{}] }, { lost: 1 }, true],
    [{ faults: [{ status: 503 }] }, {}, false],
    [{ faults: [{ drop: true }] }, { failed: 1 }, true],
    [{ faults: [{ status: 404 }] }, {}, true],
  ] as const)('with %j and %j was put to the test: %s', (scene, met, tested) => {
    const situation = good({ id: 'one', what: 'asks', command: ['x.mjs'], scene });
    expect(wasTested(situation, { ...outcome, figures: { ...figures, ...met } })).toBe(tested);
  });
});

describe('the score', () => {
  const { good, bad } = family('trial');
  const polite = good({ id: 'polite', what: 'waits', command: ['x.mjs'], may: ['shared-key'] });
  const rude = bad({
    id: 'rude',
    what: 'does not',
    command: ['x.mjs'],
    must: ['hammering', 'no-jitter|herd-at-reset'],
  });
  const said = (verdict: string, ...found: string[]): Outcome => ({
    verdict,
    found: found.map((check) => ({ check, says: '' })),
    passed: [],
    ms: 0,
  });

  it.each([
    ['right', polite, said('pass')],
    ['right', polite, said('warn', 'shared-key')],
    ['accused', polite, said('warn', 'gave-up')],
    ['accused', polite, said('fail', 'shared-key')],
    ['undecided', polite, said('undecided')],
    ['broken', polite, said('broken')],
    ['right', rude, said('fail', 'hammering', 'herd-at-reset')],
    ['right', rude, said('fail', 'hammering', 'no-jitter', 'gave-up')],
    ['missed', rude, said('fail', 'hammering')],
    ['missed', rude, said('warn', 'hammering', 'no-jitter')],
    ['undecided', rude, said('undecided', 'hammering', 'no-jitter')],
    ['accused', { ...rude, verdict: ['warn'] }, said('fail', 'hammering', 'no-jitter')],
    ['broken', rude, said('broken')],
  ] as const)('is %s', (judgement, situation, outcome) => {
    expect(score(situation, outcome)).toMatchObject({ judgement });
  });

  it('counts what had nothing to judge and is said to have passed as missed', () => {
    const mute = bad({
      id: 'mute',
      what: 'goes on',
      command: ['x.mjs'],
      verdict: ['pass'],
      unjudged: ['ignored-remaining'],
    });
    expect(score(mute, said('pass')).judgement).toBe('right');
    expect(score(mute, { ...said('pass'), passed: ['ignored-remaining'] })).toMatchObject({
      judgement: 'missed',
      missed: ['ignored-remaining is not judged'],
    });
  });

  it('is precision and recall by check', () => {
    const all = [
      score(rude, said('fail', 'hammering', 'no-jitter')),
      score(rude, said('fail', 'no-jitter')),
      score(polite, said('fail', 'hammering')),
      score(polite, said('pass')),
    ];
    expect(byCheck(all)).toEqual([
      { check: 'hammering', situations: 1, found: 2, right: 1, wanted: 2, met: 1 },
      // Either would do, so that nobody asks for this one.
      { check: 'herd-at-reset', situations: 0, found: 0, right: 0, wanted: 0, met: 0 },
      { check: 'no-jitter', situations: 1, found: 2, right: 2, wanted: 2, met: 2 },
    ]);
  });

  it('keeps its word where a bad client is found in 19 of 20 runs and a good one never accused, each with one verdict', () => {
    const found = score({ ...rude, deterministic: false }, said('fail', 'hammering', 'no-jitter'));
    const lost = score({ ...rude, deterministic: false }, said('pass'));
    const times = (n: number) => Array.from({ length: n }, () => found);
    expect(bySituation([...times(19), lost])).toMatchObject([{ kept: true, sameVerdict: false }]);
    expect(bySituation([...times(18), lost, lost])).toMatchObject([{ kept: false }]);
    const always = [...times(19), lost].map((one) => ({ ...one, situation: rude }));
    expect(bySituation(always)).toMatchObject([{ kept: false }]);
    const innocent = Array.from({ length: 20 }, () => score(polite, said('pass')));
    expect(bySituation(innocent)).toMatchObject([{ kept: true }]);
    expect(bySituation([...innocent, score(polite, said('warn', 'gave-up'))])).toMatchObject([{ kept: false }]);
  });

  it('lets one miss be where each client that was missed was run again', () => {
    const found = score(rude, said('fail', 'hammering', 'no-jitter'));
    const lost = score(rude, said('pass'));
    expect(bySituation([lost, found, found], true)).toMatchObject([{ kept: true }]);
    expect(bySituation([lost, found, found])).toMatchObject([{ kept: false }]);
    expect(bySituation([lost, found, lost], true)).toMatchObject([{ kept: false }]);
    expect(bySituation([lost], true)).toMatchObject([{ kept: false }]);
    const accused = score(polite, said('warn', 'gave-up'));
    expect(bySituation([accused, score(polite, said('pass'))], true)).toMatchObject([{ kept: false }]);
  });
});
