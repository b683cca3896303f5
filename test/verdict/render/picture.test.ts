/**
 * The pictures of findings: which requests they show, where these stand, and that text from outside stays text.
 */
import { describe, expect, it } from 'vitest';
import { orderAxis, timeAxis } from '../../../src/verdict/render/picture/axis.js';
import { columnsOf } from '../../../src/verdict/render/picture/columns.js';
import { DrawnRequests, kindOf } from '../../../src/verdict/render/picture/requests.js';
import { MAX_LANES, MAX_MARKS, sceneOf } from '../../../src/verdict/render/picture/scene.js';
import { drawSvg } from '../../../src/verdict/render/picture/svg.js';
import { drawText } from '../../../src/verdict/render/picture/text.js';
import type { ReportedRequest } from '../../../src/verdict/render/renderer.js';
import { EARLY, findingOn, refusedFor, requestAt, START } from './pictured.js';
import { HOSTILE } from './reports.js';

const WIDE = { width: 1_000, gutter: 200 };

function sceneFor(finding: ReturnType<typeof findingOn>, requests: readonly ReportedRequest[]) {
  return sceneOf(finding, new DrawnRequests(requests))!;
}

const early = sceneFor(findingOn([3, 4], 3), EARLY);

describe('a scene', () => {
  it('has the request that is accused, the answer that was known, and what came around them', () => {
    expect(early.lanes).toHaveLength(1);
    const [{ marks, waits, ...lane }] = early.lanes as [(typeof early.lanes)[0]];
    expect(lane).toEqual({ caller: 'key shop_…bbbb', connection: 'connection 1' });
    expect(marks.map(({ id, kind, role }) => [id, kind, role])).toEqual([
      ['3', 'refused', 'known'],
      ['4', 'refused', 'accused'],
    ]);
    expect(waits.map(({ says, isOpen, isKnown }) => [says, isOpen, isKnown])).toEqual([
      ['told to wait 23 s', true, true],
    ]);
    expect(early.says).toBe(
      'request 4 came 400 ms after the answer to request 3, which told it to wait 23 s; among 2 requests in this time',
    );
  });

  it('places requests by the clock, with a fifth of the time on either side', () => {
    const [known, accused] = early.lanes[0]!.marks;
    expect(known!.x).toBeCloseTo(80 / 560, 9);
    expect(accused!.x).toBeCloseTo(480 / 560, 9);
    expect(early.axis.zero).toBe(START + 1_000);
  });

  it('shows a told wait whole where it is not much longer than the finding', () => {
    const [wait] = sceneFor(findingOn([1, 2], 1), [requestAt(1, 0, refusedFor(3)), requestAt(2, 1_000)]).lanes[0]!
      .waits;
    expect(wait).toMatchObject({ isOpen: false, says: 'told to wait 3 s' });
    expect(wait!.to).toBeCloseTo(3_200 / 3_400, 9);
  });

  it('keeps the order of arrival where the clock stood still', () => {
    const still = EARLY.map((request) => ({ ...request, at: START, sentAt: START }));
    const { axis, lanes } = sceneFor(findingOn([3, 4], 3), still);
    expect(axis.isTime).toBe(false);
    expect(lanes[0]!.marks.map(({ x }) => x)).toEqual([0.125, 0.375, 0.625, 0.875]);
    expect(axis.ticks(10).map(({ label }) => label)).toEqual(['1', '2', '3', '4']);
  });

  it('shows only requests of the same provider and sandbox', () => {
    const others = [requestAt('t1-5', 1_200), requestAt(6, 1_200, { profile: 'calm' })];
    const { lanes } = sceneFor(findingOn([3, 4], 3), [...EARLY, ...others]);
    expect(lanes.flatMap(({ marks }) => marks.map(({ id }) => id))).toEqual(['3', '4']);
  });

  it('has a lane for each connection, that of the accused request first', () => {
    const peer = (connection: number) => ({ connection, openedAt: START, userAgent: undefined, opener: undefined });
    const { lanes } = sceneFor(findingOn([3, 4], 3), [
      ...EARLY.slice(0, 3),
      { ...EARLY[3]!, peer: peer(2) },
      requestAt(5, 1_100, { peer: peer(3), caller: { kind: 'api-key', key: 'shop_…cccc' }, keyHash: 'hash-c' }),
    ]);
    expect(lanes.map(({ caller, connection, marks }) => [caller, connection, marks.length])).toEqual([
      ['key shop_…bbbb', 'connection 2', 1],
      ['key shop_…bbbb', 'connection 1', 1],
      ['key shop_…cccc', 'connection 3', 1],
    ]);
  });

  it('has a bounded number of lanes and marks, and tells how many requests it leaves out', () => {
    const crowd = Array.from({ length: 3_000 }, (_, i) =>
      requestAt(i + 1, i, {
        ...(i % 2 === 0 ? refusedFor(5) : {}),
        keyHash: `hash-${i % 40}`,
        caller: { kind: 'api-key', key: `shop_…${i % 40}` },
      }),
    );
    const { lanes, omitted } = sceneFor(findingOn([1, 3_000], 1), crowd);
    expect(lanes).toHaveLength(MAX_LANES);
    const drawn = lanes.reduce((sum, { marks }) => sum + marks.length, 0);
    expect(drawn).toBeLessThanOrEqual(MAX_MARKS);
    expect(drawn + omitted).toBe(3_000);
    const ids = lanes.flatMap(({ marks }) => marks.filter(({ role }) => role !== 'other').map(({ id }) => id));
    expect(ids.sort()).toEqual(['1', '3000']);
    expect(lanes.at(-1)!.caller).toMatch(/^\d+ other callers$/);
  });

  it('is not there where the journal no longer has the request', () => {
    expect(sceneOf(findingOn([3, 4], 3), new DrawnRequests(EARLY.slice(0, 3)))).toBeUndefined();
    expect(sceneOf({ ...findingOn([4]), calls: [] }, new DrawnRequests(EARLY))).toBeUndefined();
  });
});

it.each([
  ['admitted', {}],
  ['admitted', { status: 404 }],
  ['refused', { status: 429 }],
  ['refused', refusedFor(1)],
  ['failed', { status: 503 }],
  ['failed', { status: 0, broken: 'dropped' }],
  ['failed', { status: 200, broken: 'cut' }],
  ['free', { decisions: EARLY[1]!.decisions! }],
] as const)('a request is %s with %j', (kind, facts) => {
  expect(kindOf(requestAt(1, 0, facts))).toBe(kind);
});

describe('an axis', () => {
  it.each([
    [0, 560, ['0', '+200 ms', '+400 ms']],
    [-80, 480, ['0', '+200 ms', '+400 ms']],
    [-500, 59_000, ['0', '+15 s', '+30 s', '+45 s']],
    [-60_000, 7_200_000, ['0', '+1 h', '+2 h']],
    [-1_000, 400 * 86_400_000, ['0', '+200 d', '+400 d']],
    [-0.2, 1.2, ['0', '+1 ms']],
  ])('from %d to %d ms has usual steps', (from, to, labels) => {
    const ticks = timeAxis(from, to, 0).ticks(4);
    expect(ticks.map(({ label }) => label)).toEqual(labels);
    for (const { x } of ticks) expect(x).toSatisfy((place: number) => place >= 0 && place <= 1);
  });

  it('of the order of arrival has at most so many labels', () => {
    const ids = Array.from({ length: 95 }, (_, i) => String(i));
    expect(orderAxis(ids).ticks(10).length).toBeLessThanOrEqual(10);
  });
});

describe('columns', () => {
  const marks = (xs: readonly number[], roles: Readonly<Record<number, 'accused' | 'known'>> = {}) =>
    xs.map((x, i) => ({
      id: String(i),
      x,
      kind: 'admitted' as const,
      role: roles[i] ?? ('other' as const),
      title: '',
    }));

  it('stack what would overlap, and count what the stack is too low for', () => {
    const columns = columnsOf(marks([0, 0.001, 0.002, 0.5]), 1_000, 13, 2);
    expect(columns.map((column) => [column.x, column.marks.length, column.more])).toEqual([
      [0, 2, 1],
      [500, 1, 0],
    ]);
  });

  it('keep the accused request apart from the answer that it knew, and both in sight', () => {
    const columns = columnsOf(marks([0.1, 0.1, 0.1, 0.1], { 2: 'known', 3: 'accused' }), 1_000, 13, 1);
    expect(columns.map((column) => [column.x, column.marks.map(({ role }) => role), column.more])).toEqual([
      [100, ['known'], 2],
      [126, ['accused'], 0],
    ]);
  });
});

describe('as SVG', () => {
  const svg = drawSvg(early, WIDE, 'p1');

  it('is titled, and has a mark for each request, a bar for the wait and one curve', () => {
    expect(svg).toMatch(
      /^<svg viewBox="0 0 1000 \d+" [^>]*role="img" aria-labelledby="p1">\n<title id="p1">request 4 came/,
    );
    expect(svg.match(/<g class="refused">/g)).toHaveLength(2);
    expect(svg.match(/<g class="wait">/g)).toHaveLength(1);
    expect(svg.match(/class="curve"/g)).toHaveLength(1);
    expect(svg.match(/class="ring"/g)).toHaveLength(1);
    expect(svg).toContain('<title>request 3: GET /links, 429, refused by key-minute, told to wait 23 s</title>');
  });

  it('joins the two requests where they stand', () => {
    const [, x1, y1, x2, y2] = /class="curve" d="M([\d.]+) ([\d.]+)C.* ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
    const places = [...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)l6 10.5h-12z"\/>/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(places.map(([x]) => x)).toEqual([x1, x2]);
    for (const y of [y1, y2]) expect(y).toBeLessThan(places[0]![1]! + 6);
  });

  it.each([WIDE, { width: 340, gutter: 0 }])('stays within its width of %j, with every text', (size) => {
    const drawn = drawSvg(early, size, 'p1');
    const height = Number(/viewBox="0 0 \d+ (\d+)"/.exec(drawn)![1]);
    for (const [, x] of drawn.matchAll(/ (?:x|x1|x2|cx)="(-?[\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(size.width);
    }
    for (const [, y] of drawn.matchAll(/ (?:y|y1|y2|cy)="(-?[\d.]+)"/g)) {
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(height);
    }
  });

  it('adds up what stacks are too low for', () => {
    const burst = Array.from({ length: 1_500 }, (_, i) => requestAt(i + 10, 1_200 + (i % 3)));
    const scene = sceneFor(findingOn([3, 4], 3), [...EARLY, ...burst]);
    const drawn = drawSvg(scene, WIDE, 'p1');
    const [, more] = /class="more"[^>]*>\+([\d,]+)</.exec(drawn)!;
    const marks = drawn.match(/<g class="(?:admitted|refused)/g)!.length;
    expect(marks + Number(more!.replace(',', '')) + scene.omitted).toBe(1_502);
    expect(drawn.length).toBeLessThan(20_000);
  });

  it('has text from outside as text only', () => {
    const hostile = (text: string) =>
      sceneFor(
        findingOn([3, 4], 3),
        EARLY.map((request) => ({
          ...request,
          path: `/${text.replaceAll('?', '')}`,
          caller: { kind: 'x', key: text },
          refusedBy: text,
        })),
      );
    const tags = (drawn: string) => drawn.match(/<\/?[a-z]+|<[^a-z/]/gi);
    const drawn = drawSvg(hostile(HOSTILE), WIDE, 'p1');
    expect(tags(drawn)).toEqual(tags(drawSvg(hostile('x'.repeat(HOSTILE.length)), WIDE, 'p1')));
    expect(drawn).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});

describe('as text', () => {
  it('has an axis, a lane, the wait, and the way from the answer to the request', () => {
    expect(drawText(early, 40)).toEqual([
      '                                0             +200 ms      +400 ms',
      'key shop_…bbbb',
      '  connection 1            ──────▲──────────────────────────▲──────',
      '                                ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒► told to wait 23 s',
      '                                └──────────────────────────► request 4, after the answer to 3',
    ]);
  });

  it('says how many requests a character stands for', () => {
    const burst = Array.from({ length: 14 }, (_, i) => requestAt(i + 10, 1_200));
    const [, counts, lane] = drawText(sceneFor(findingOn([3, 4], 3), [...EARLY, ...burst]), 40);
    expect(counts).toBe(`key shop_…bbbb${' '.repeat(32)}14`);
    expect(lane!.slice(26)).toBe('──────▲─────────────●────────────▲──────');
  });

  it('stays on its lines, and in its block of code, whatever clients send', () => {
    const key = `a\nb\u001b[31m\u202e\`\`\`${HOSTILE}`;
    const lines = drawText(
      sceneFor(
        findingOn([3, 4], 3),
        EARLY.map((request) => ({ ...request, caller: { kind: 'x', key } })),
      ),
      40,
    );
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u202e`]/u);
  });
});
