/**
 * Loading of large documents: from spawn to the first answer, and the most memory until then.
 * @module
 */
import { makeSynthetic } from './documents/synthetic.js';
import { withServer } from './http/server.js';
import { mock429 } from './http/targets.js';
import { addRow, type Section } from './section.js';
import { spread } from './stats.js';
import type { Row } from './table.js';

const OPERATIONS = 1_200;
const BYTES = 13 * 1000 * 1000;
const ROUNDS = 3;

/** Section `loading`: ms to the first answer and peak memory, for documents of up to 1,200 operations and 13 MB. */
export const loading: Section = {
  name: 'loading',
  quick: false,
  async run(context) {
    const rows: Row[] = [];
    for (const part of [1 / 4, 1 / 2, 1]) {
      const name = `${OPERATIONS * part} operations, ${((BYTES * part) / 1e6).toFixed(1)} MB`;
      await addRow(rows, context, 'loading', name, async () => {
        const { profile, traffic, bytes } = await makeSynthetic(OPERATIONS * part, BYTES * part);
        const times: number[] = [];
        const peaks: number[] = [];
        for (let i = 0; i < ROUNDS; i++) {
          await withServer(mock429(profile, []), traffic, async (server) => {
            times.push(server.startedInMs);
            const memory = server.memory();
            if (memory) peaks.push(memory.peak);
          });
        }
        const time = spread(times);
        const goal = part === 1 ? '≤ 3,000 ms, 400 MiB' : undefined;
        return { goal, time, perMb: time.median / (bytes / 1e6), peak: peaks.length > 0 ? spread(peaks) : undefined };
      });
    }
    return {
      section: 'loading',
      title: 'Loading large documents',
      columns: [
        { key: 'goal', title: 'goal', unit: 'text' },
        { key: 'time', title: 'ms to the first answer', unit: 'ms' },
        { key: 'perMb', title: 'ms per MB', unit: 'ms' },
        { key: 'peak', title: 'peak RSS MiB', unit: 'MiB' },
      ],
      rows,
      notes: ['JSON, with recursive references, allOf and oneOf; the profile is what `mock429 init` makes of it.'],
    };
  },
};
