/** Placeholders that are formulas, and filters with arguments. */
import { describe, expect, it } from 'vitest';
import { dig } from '../../../src/limits/facts.js';
import { FILTER_NAMES } from '../../../src/limits/render/filters.js';
import { compileLine, compileTemplate, renewable } from '../../../src/limits/render/template.js';

const FACTS = {
  policies: { m: { remaining: 7_340, limit: 10_000, used: 2_660 }, 'key-day': { remaining: 3, limit: 8 } },
  body: { items: [{ n: 2 }, { n: 5 }, {}], price: 1.1, name: 'Zoë' },
  retryAt: 2_500,
  now: 1_000,
};
const scope = (path: readonly string[]) => dig(FACTS, path);
const render = (text: string) => compileTemplate(text).render(scope, 1_000);

describe('a placeholder that is a formula', () => {
  it.each([
    ['${ceil(policies.m.remaining / 1000) * 1000}', 8_000],
    ['${policies.m.limit - policies.key-day.limit}', 9_992],
    ['${max(1, ceil((retryAt - now) / 1000))}', 2],
    ['${sum(body.items.*.n)}', 7],
    ['${length(body.items.*.n)}', 2],
    ['${policies.m.used * 100 / policies.m.limit} %', '26.6 %'],
    ['${body.missing ?? policies.m.limit / 2}', 5_000],
    ['${policies.key-day.remaining * 2 | pad(4)}', '0006'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it('has no value where a fact is absent', () => {
    expect(render('${body.missing * 2}')).toBeUndefined();
    expect(compileTemplate({ a: '${body.missing * 2}', b: 1 }).render(scope, 0)).toEqual({ b: 1 });
  });

  it('names the paths that it reads, and its instants', () => {
    const { paths, stamps, reportsPolicies } = compileTemplate('${ceil((policies.m.resetAt - now) / 1000)}');
    expect(paths).toEqual([['policies', 'm', 'resetAt'], ['now']]);
    expect(stamps).toEqual([{ path: ['policies', 'm', 'resetAt'], format: undefined }]);
    expect(reportsPolicies).toBe(true);
  });

  it('says what is wrong with it', () => {
    expect(() => compileTemplate('${ceil(policies.m.used}')).toThrow('no formula: "ceil(policies.m.used" ends where');
    expect(() => compileTemplate('${up(1)}')).toThrow('there is no function "up"');
  });
});

describe('a filter', () => {
  it.each([
    ['${body.price | fixed(2)}', '1.10'],
    ['${body.price | fixed2}', '1.10'],
    ['${body.price | fixed(0)}', '1'],
    ['${body.price | times(1000)}', 1_100],
    ['${policies.m.remaining | round(1000)}', 7_000],
    ['${policies.m.remaining | ceil(1000)}', 8_000],
    ['${policies.m.remaining | floor(1000) | pad(6)}', '007000'],
    ['${body.price | round}', 1],
    ['${body.price | ceil}', 2],
    ['${body.price | floor}', 1],
    ['${body.price | round(0.25)}', 1],
    ['${body.name | base64}', 'Wm/Dqw=='],
    ['${0 - policies.key-day.remaining | pad(4)}', '-003'],
    ['${body.name | pad(6)}', '000Zoë'],
    ['${body.name | round}', undefined],
    ['${body.missing | pad(6)}', undefined],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it.each([
    ['${body.price | fixed}', 'the filter "fixed" has the wrong arguments'],
    ['${body.price | fixed(1, 2)}', 'the filter "fixed(1, 2)" has the wrong arguments'],
    ['${body.price | round(0)}', 'the filter "round(0)" has the wrong arguments'],
    ['${body.price | pad(x)}', 'the filter "pad(x)" has the wrong arguments'],
    ['${body.name | upper(2)}', 'write upper without arguments'],
    ['${body.name | sha256}', `unknown filter "sha256" in "\${body.name | sha256}"; known: ${FILTER_NAMES.join(', ')}`],
  ])('%s is an error', (text, expected) => {
    expect(() => compileTemplate(text)).toThrow(expected);
  });
});

describe('a line of a header', () => {
  it('has no value if a placeholder has none', () => {
    expect(compileLine('${policies.m.used}/${policies.m.limit}').render(scope, 0)).toBe('2660/10000');
    expect(compileLine('${policies.none.used}/${policies.m.limit}').render(scope, 0)).toBeUndefined();
    expect(compileLine('${policies.none.used}').render(scope, 0)).toBeUndefined();
    expect(compileLine('always').render(scope, 0)).toBe('always');
    expect(compileLine('left ${policies.none.used ?? policies.m.used}').render(scope, 0)).toBe('left 2660');
  });
});

describe('a body that is rendered again', () => {
  it('has the new state, and the same ids', () => {
    let [remaining, ids] = [5, 0];
    const changing = (path: readonly string[]) => (path[0] === 'new' ? `id-${++ids}` : remaining);
    const template = compileTemplate({ id: '${new.uuid}', left: '${policies.m.remaining}', next: '${new.uuid}' });
    const { body, renew } = renewable(template, changing, 0);
    remaining = 8;
    expect(body).toEqual({ id: 'id-1', left: 5, next: 'id-2' });
    expect(renew!()).toEqual({ id: 'id-1', left: 8, next: 'id-2' });
  });

  it('is not needed where it reports no policy', () => {
    expect(renewable(compileTemplate({ id: '${new.uuid}' }), () => 'x', 0)).toEqual({ body: { id: 'x' } });
  });
});
