/**
 * Memory after very many requests through one mock in a process.
 * @module
 */
import { measured } from './measured.js';
import { addRow, type Section } from './section.js';
import type { Row } from './table.js';

interface Report {
  readonly before: Held;
  readonly second: Held;
  readonly last: Held;
  readonly perRequest: number;
  readonly rate: number;
}

interface Held {
  readonly heap: number;
  readonly rss: number;
}

const TOTAL = 1_000_000;

/** Section `requests`: heap and resident memory of one mock before, during and after a million requests, and the bytes that it keeps of each. */
export const requests: Section = {
  name: 'requests',
  quick: false,
  async run(context) {
    const rows: Row[] = [];
    for (const callers of [1_000, 50_000]) {
      await addRow(rows, context, 'requests', `${callers.toLocaleString('en')} keys`, async () => {
        const report = await measured<Report>('requests.mjs', [TOTAL, '--callers', callers]);
        return {
          before: report.before.heap,
          second: report.second.heap,
          heap: report.last.heap,
          rss: report.last.rss,
          slope: report.perRequest,
          rate: report.rate,
        };
      });
    }
    return {
      section: 'requests',
      title: `Memory after ${TOTAL.toLocaleString('en')} requests`,
      columns: [
        { key: 'before', title: 'heap MiB before', unit: 'MiB' },
        { key: 'second', title: 'after a fifth', unit: 'MiB' },
        { key: 'heap', title: 'after all', unit: 'MiB' },
        { key: 'rss', title: 'RSS MiB', unit: 'MiB' },
        { key: 'slope', title: 'bytes kept a request', unit: 'bytes' },
        { key: 'rate', title: 'requests/s', unit: 'count' },
      ],
      rows,
      notes: [
        'In one process by `mock.fetch`, 50 at once, journal on; what is kept a request is the slope from the second round of ten to the last.',
      ],
    };
  },
};
