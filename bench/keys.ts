/**
 * Memory of counts: per key, per request that a log remembers, and under a flood of keys.
 * @module
 */
import { measured } from './measured.js';
import { addRow, type Section } from './section.js';
import type { Row } from './table.js';

interface Keys {
  readonly size: number;
  readonly beyondString: number;
  readonly beyondMap: number;
  readonly nsPerKey: number;
}

interface Log {
  readonly entries: number;
  readonly perRequest: number;
  readonly bytes: number;
  readonly rss: number;
}

interface Flood {
  readonly most: number;
  readonly cap: number;
  readonly grown: number;
}

const COUNT = 1_000_000;
/** As in micro.ts. */
const FOUR = 'fixed-window,sliding-window,token-bucket,fixed-window';
const GOALS: Readonly<Record<string, string>> = {
  'fixed-window': '≤ 120',
  'sliding-window': '≤ 120',
  'token-bucket': '≤ 120',
};

/** Section `keys`: bytes that a count takes for each key, that a sliding log takes for each request, and that are left after a flood of keys. */
export const keys: Section = {
  name: 'keys',
  quick: false,
  async run(context) {
    const { full } = context.options;
    const rows: Row[] = [];
    for (const algorithms of ['fixed-window', 'sliding-window', 'token-bucket', FOUR, 'sliding-log', 'concurrency']) {
      const name = algorithms === FOUR ? 'four policies together' : algorithms;
      await addRow(rows, context, 'keys', name, async () => {
        const report = await measured<Keys>('keys.mjs', [algorithms, COUNT]);
        if (report.size !== COUNT) throw new Error(`${report.size} of ${COUNT} keys are kept`);
        const { beyondString, beyondMap } = report;
        return { goal: GOALS[algorithms], entries: COUNT, beyondString, beyondMap };
      });
    }
    const logs: [keys: number, each: number][] = [
      [10_000, 1_000],
      [10_000, 700],
    ];
    if (full) logs.push([100_000, 1_000]);
    for (const [keyCount, each] of logs) {
      const name = `log of ${keyCount.toLocaleString('en')} keys, ${each} requests each`;
      await addRow(rows, context, 'keys', name, async () => {
        const flags = ['--max-old-space-size=3072'];
        const { entries, perRequest, bytes, rss } = await measured<Log>('log.mjs', [keyCount, each], flags);
        return { goal: '≤ 8 a request', entries, perRequest, bytes, rss };
      });
    }
    const cap = COUNT / 10;
    await addRow(rows, context, 'keys', `flood, cap of ${cap.toLocaleString('en')}`, async () => {
      const { most, grown } = await measured<Flood>('flood.mjs', ['fixed-window', COUNT, cap]);
      if (most > cap) throw new Error(`${most} keys were kept`);
      return { goal: 'nothing kept', entries: COUNT, perRequest: Math.max(0, grown) / (COUNT * 0.8) };
    });
    return {
      section: 'keys',
      title: 'Memory of counts',
      columns: [
        { key: 'goal', title: 'goal', unit: 'text' },
        { key: 'entries', title: 'keys or requests', unit: 'count' },
        { key: 'beyondString', title: 'bytes a key beyond its string', unit: 'bytes' },
        { key: 'beyondMap', title: 'beyond a Map<string, number>', unit: 'bytes' },
        { key: 'perRequest', title: 'bytes a request', unit: 'bytes' },
        { key: 'bytes', title: 'MiB in all', unit: 'MiB' },
        { key: 'rss', title: 'RSS MiB', unit: 'MiB' },
      ],
      rows,
      notes: ['Heap and buffers after collection, in a process for each row, on the default store.'],
    };
  },
};
