/**
 * Decisions a second of the engine alone: asked, charged and settled on the default store, without HTTP.
 * @module
 */
import { measured } from './measured.js';
import { addRow, type Section } from './section.js';
import { spread } from './stats.js';
import type { Row } from './table.js';

interface Subject {
  readonly name: string;
  readonly algorithms: string;
  readonly keys: number;
  readonly order?: 'turn' | 'random';
  readonly quota: number;
  readonly goal?: string;
  readonly quick?: boolean;
}

const FOUR = 'fixed-window,sliding-window,token-bucket,fixed-window';
const PLENTY = 1_000_000_000;
const MANY = 100_000;

const subjects: readonly Subject[] = [
  ...['fixed-window', 'token-bucket', 'sliding-window', 'sliding-log', 'concurrency'].flatMap((algorithm) => {
    const goal = algorithm === 'fixed-window' || algorithm === 'token-bucket' ? { goal: '≥ 3,000,000' } : {};
    const one = { algorithms: algorithm, quota: algorithm === 'sliding-log' ? 2_000 : PLENTY, ...goal };
    return [
      { ...one, name: `${algorithm}, 1 key`, keys: 1, quick: true },
      { ...one, name: `${algorithm}, ${MANY.toLocaleString('en')} keys`, keys: MANY },
    ];
  }),
  { name: 'four policies, 1 key', algorithms: FOUR, keys: 1, quota: PLENTY, goal: '≥ 1,500,000', quick: true },
  ...[1_000, MANY].map((keys) => ({
    name: `four policies, ${keys.toLocaleString('en')} keys`,
    algorithms: FOUR,
    keys,
    quota: PLENTY,
    goal: '≥ 1,500,000',
  })),
  ...['fixed-window', FOUR].map((algorithms) => ({
    name: `${algorithms === FOUR ? 'four policies' : algorithms}, ${MANY.toLocaleString('en')} keys at random`,
    algorithms,
    keys: MANY,
    order: 'random' as const,
    quota: PLENTY,
  })),
  { name: 'fixed-window, refused', algorithms: 'fixed-window', keys: 1, quota: 1, quick: true },
];

/** Section `micro`: decisions of the engine a second of CPU time, by algorithm, number of keys and order of the keys. */
export const micro: Section = {
  name: 'micro',
  quick: true,
  async run(context) {
    const { quick } = context.options;
    const rows: Row[] = [];
    for (const { name, algorithms, keys, order = 'turn', quota, goal, quick: short } of subjects) {
      if (quick && !short) continue;
      await addRow(rows, context, 'micro', name, async () => {
        const args = [algorithms, keys, order, quota, quick ? 3 : 7, quick ? 200 : 400];
        const { rates, allowed } = await measured<{ rates: number[]; allowed: number }>('decisions.mjs', args);
        if (quota > 1 && allowed < 1) throw new Error(`only ${(allowed * 100).toFixed(1)} % were admitted`);
        const each = spread(rates);
        return { goal, rate: each, ns: spread(rates.map((rate) => 1e9 / rate)) };
      });
    }
    return {
      section: 'micro',
      title: 'Engine decisions',
      columns: [
        { key: 'goal', title: 'goal', unit: 'text' },
        { key: 'rate', title: 'decisions/s', unit: 'count' },
        { key: 'ns', title: 'ns each', unit: 'count' },
      ],
      rows,
      notes: [
        'Admitted and settled (concurrency: admitted and released), by CPU time with collection included, one process a row; four policies are one decision. Many keys come in turn, or, where a row says so, at random: then more of what is read is not at hand.',
      ],
    };
  },
};
