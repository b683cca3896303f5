/**
 * Cold start: from spawning a program to its first answer, turn by turn with the floor.
 * @module
 */
import { type Floor, floorFor } from './http/floor.js';
import { peers } from './http/peers.js';
import { sample } from './http/sample.js';
import { withServer } from './http/server.js';
import { FIRST, mock429 } from './http/targets.js';
import type { ServerSpec } from './processes.js';
import { install } from './scratch.js';
import { addRow, type Context, type Section } from './section.js';
import { spread } from './stats.js';
import type { Row, Value } from './table.js';
import type { Traffic } from './traffic.js';

interface Subject {
  readonly name: string;
  readonly goal?: string;
  readonly traffic: Traffic;
  prepare(): Promise<ServerSpec>;
}

/** All five, each under its id. */
const FIVE: ServerSpec = { args: (port) => ['dist/cli.js', '--port', String(port)] };
const fiveTraffic: Traffic = { ...FIRST.traffic, path: `/klinky${FIRST.traffic.path}` };

/** What a readiness probe asks for. */
const probeTraffic: Traffic = { ...FIRST.traffic, path: '/__mock429/health' };

const own: readonly Subject[] = [
  { name: 'one profile', goal: '≤ 1.5', traffic: FIRST.traffic, prepare: async () => mock429('klinky', []) },
  {
    name: 'one profile, readiness probe',
    goal: '≤ 1.5',
    traffic: probeTraffic,
    prepare: async () => mock429('klinky', []),
  },
  { name: 'five profiles', goal: '≤ 2', traffic: fiveTraffic, prepare: async () => FIVE },
];

/**
 * Section `cold-start`: time from the spawn of a server to its first expected answer, for mock429 and its peers, as a ratio to the floor’s. In each round the
 * floor and then the server are started.
 */
export const coldStart: Section = {
  name: 'cold-start',
  quick: true,
  async run(context) {
    const { options } = context;
    const rows: Row[] = [];
    if (!options.wants('cold-start') && ![...own, ...peers].some(({ name }) => options.wants('cold-start', name)))
      return table(rows, options.rounds);
    const body = await sample();
    const floor = floorFor(FIRST.traffic, { status: 200, headers: {}, body });
    const others = peers.map(
      (peer): Subject => ({
        name: peer.name,
        traffic: peer.traffic,
        async prepare() {
          const installed = await install(peer.package);
          context.versions[peer.package] = installed.version;
          return peer.server(installed, body);
        },
      }),
    );
    for (const subject of [...own, ...(options.peers ? others : [])]) {
      await addRow(rows, context, 'cold-start', subject.name, () => turns(context, floor, subject));
    }
    return table(rows, options.rounds);
  },
};

async function turns({ options }: Context, floor: Floor, subject: Subject): Promise<Record<string, Value>> {
  const spec = await subject.prepare();
  const start = (one: ServerSpec, traffic: Traffic) => withServer(one, traffic, async (server) => server.startedInMs);
  await start(spec, subject.traffic);
  const bases: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < options.rounds; i++) {
    bases.push(await start(floor.server, floor.traffic));
    times.push(await start(spec, subject.traffic));
  }
  const ratio = spread(times.map((time, i) => time / bases[i]!));
  return { goal: subject.goal, ratio, time: spread(times), base: spread(bases) };
}

function table(rows: readonly Row[], rounds: number) {
  return {
    section: 'cold-start',
    title: 'Cold start',
    columns: [
      { key: 'goal', title: 'goal', unit: 'text' },
      { key: 'ratio', title: 'ratio to the floor', unit: 'ratio' },
      { key: 'time', title: 'ms', unit: 'ms' },
      { key: 'base', title: 'floor ms', unit: 'ms' },
    ] as const,
    rows,
    notes: [`From spawn to the first 200, ${rounds} turns with the floor; smaller is better.`],
  };
}
