/**
 * Memory of a server that has answered one request.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { floorFor } from './http/floor.js';
import { sample } from './http/sample.js';
import { withServer } from './http/server.js';
import { FIRST, mock429 } from './http/targets.js';
import type { ServerSpec } from './processes.js';
import { addRow, type Section } from './section.js';
import { spread } from './stats.js';
import type { Row } from './table.js';
import type { Traffic } from './traffic.js';

const FIVE: ServerSpec = { args: (port) => ['dist/cli.js', '--port', String(port)] };

/** Section `idle`: resident memory half a second after the first answer, as a ratio to the floor’s. */
export const idle: Section = {
  name: 'idle',
  quick: true,
  async run(context) {
    const rounds = context.options.quick ? 2 : 5;
    const rows: Row[] = [];
    const subjects: [string, ServerSpec, Traffic][] = [
      ['one profile', mock429('klinky', []), FIRST.traffic],
      ['five profiles', FIVE, { ...FIRST.traffic, path: `/klinky${FIRST.traffic.path}` }],
    ];
    for (const [name, spec, traffic] of subjects) {
      await addRow(rows, context, 'idle', name, async () => {
        const body = await sample();
        const base = floorFor(FIRST.traffic, { status: 200, headers: {}, body });
        const pairs: [base: number, own: number][] = [];
        for (let i = 0; i < rounds; i++) pairs.push([await rss(base.server, base.traffic), await rss(spec, traffic)]);
        return {
          goal: '≤ 1.5',
          ratio: spread(pairs.map(([base, own]) => own / base)),
          rss: spread(pairs.map(([, own]) => own)),
          base: spread(pairs.map(([base]) => base)),
        };
      });
    }
    return {
      section: 'idle',
      title: 'Idle memory',
      columns: [
        { key: 'goal', title: 'goal', unit: 'text' },
        { key: 'ratio', title: 'ratio to the floor', unit: 'ratio' },
        { key: 'rss', title: 'RSS MiB', unit: 'MiB' },
        { key: 'base', title: 'floor MiB', unit: 'MiB' },
      ],
      rows,
      notes: [`Resident memory half a second after the first answer, ${rounds} turns with the floor.`],
    };
  },
};

function rss(spec: ServerSpec, traffic: Traffic): Promise<number> {
  return withServer(spec, traffic, async (server) => {
    await sleep(500);
    const memory = server.memory();
    if (!memory) throw new Error('the system does not tell the memory of a process');
    return memory.rss;
  });
}
