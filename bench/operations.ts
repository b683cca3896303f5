/**
 * What a large document costs each request: 305 operations against 10, both of made-up documents.
 * @module
 */
import { makeSynthetic, type Synthetic } from './documents/synthetic.js';
import { comparePairs } from './http/pairs.js';
import { COLUMNS } from './http/section.js';
import { withServer } from './http/server.js';
import { mock429 } from './http/targets.js';
import { addRow, type Section } from './section.js';
import type { Row } from './table.js';

const [FEW, MANY] = [10, 305];

/** Section `operations`: requests a second with a document of 305 operations, as a ratio to those with one of 10. */
export const operations: Section = {
  name: 'operations',
  quick: false,
  async run(context) {
    const rows: Row[] = [];
    await addRow(rows, context, 'operations', `${MANY} operations`, async () => {
      const few = await makeSynthetic(FEW, 0);
      const many = await makeSynthetic(MANY, 0);
      const serving = <T>({ profile, traffic }: Synthetic, use: Parameters<typeof withServer<T>>[2]) =>
        withServer(mock429(profile, ['key-minute']), traffic, use);
      return serving(few, (base) =>
        serving(many, async (server) => ({
          goal: '≥ 0.9',
          ...(await comparePairs(
            await context.generator(),
            { server: base, traffic: few.traffic },
            { server, traffic: many.traffic },
            context.options,
          )),
        })),
      );
    });
    return {
      section: 'operations',
      title: `A document of ${MANY} operations`,
      columns: COLUMNS.map((column) => ({ ...column, title: column.title.replace('the floor', `${FEW} operations`) })),
      rows,
      notes: [
        `The floor of this table is mock429 itself with a document of ${FEW} operations; both profiles are made by \`mock429 init\`.`,
      ],
    };
  },
};
