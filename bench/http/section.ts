/**
 * Throughput, latency and CPU time by HTTP, as ratios to the floor.
 * @module
 */
import { CONNECTIONS } from '../load/window.js';
import type { Server } from '../processes.js';
import { install } from '../scratch.js';
import { addRow, type Context, type Section } from '../section.js';
import type { Column, Row, Value } from '../table.js';
import { ask, type Traffic } from '../traffic.js';
import { floorFor } from './floor.js';
import { comparePairs } from './pairs.js';
import { peers } from './peers.js';
import { sample } from './sample.js';
import { withServer } from './server.js';
import { FIRST, type Target, targets } from './targets.js';

/** Columns of tables that compare a target with a base over HTTP; the keys are those of `Compared`. */
export const COLUMNS: readonly Column[] = [
  { key: 'goal', title: 'goal', unit: 'text' },
  { key: 'ratio', title: 'ratio to the floor', unit: 'ratio' },
  { key: 'cpuRatio', title: 'by CPU time', unit: 'ratio' },
  { key: 'rate', title: 'requests/s', unit: 'count' },
  { key: 'baseRate', title: 'floor', unit: 'count' },
  { key: 'cpu', title: 'CPU µs/request', unit: 'µs' },
  { key: 'p50', title: 'p50 ms', unit: 'ms' },
  { key: 'p99', title: 'p99 ms', unit: 'ms' },
  { key: 'p99Ratio', title: 'p99 to the floor’s', unit: 'ratio' },
];

/** Paths on which the floor is compared with itself. */
const CONTROLS = [FIRST, targets.find(({ traffic }) => traffic.method === 'POST')!];

/** Section `http`: the floor against itself as a control, then each target and each peer against a floor that gives the same answer. */
export const http: Section = {
  name: 'http',
  quick: true,
  async run(context) {
    const { pairs, seconds, quick } = context.options;
    const rows: Row[] = [];
    for (const target of quick ? [FIRST] : CONTROLS) {
      const name = `the floor against itself, ${target.traffic.method}`;
      await addRow(rows, context, 'http', name, () => control(context, target));
    }
    for (const target of targets) {
      if (quick && !target.quick) continue;
      await addRow(rows, context, 'http', target.name, () => compare(context, target));
    }
    for (const peer of context.options.peers ? peers : []) {
      await addRow(rows, context, 'http', peer.name, async () => {
        const installed = await install(peer.package);
        context.versions[peer.package] = installed.version;
        const body = await sample();
        return compare(context, { name: peer.name, server: peer.server(installed, body), traffic: peer.traffic });
      });
    }
    return {
      section: 'http',
      title: 'By HTTP',
      columns: COLUMNS,
      rows,
      notes: [
        `Medians of ${pairs} adjacent pairs of ${seconds} s windows with ${CONNECTIONS} connections, and in brackets the least and the most.`,
      ],
    };
  },
};

/** Starts the target and the floor that belongs to it, and compares them. */
async function compare(context: Context, target: Target): Promise<Record<string, Value>> {
  const { server: spec, reset, goal, revalidates } = target;
  return withServer(spec, { ...target.traffic, status: revalidates ? 200 : target.traffic.status }, async (server) => {
    const traffic = revalidates ? await conditional(server, target.traffic) : target.traffic;
    const floor = floorFor(traffic, await settled(server, traffic));
    return withServer(floor.server, floor.traffic, async (base) => {
      const side = { server, traffic, ...(reset ? { reset: '/__mock429/reset' } : {}) };
      const compared = await comparePairs(
        await context.generator(),
        { server: base, traffic: floor.traffic },
        side,
        context.options,
      );
      return { ...compared, goal: goal === undefined ? undefined : `≥ ${goal}` };
    });
  });
}

/** The floor of a target, twice. */
async function control(context: Context, target: Target): Promise<Record<string, Value>> {
  const answer = await withServer(target.server, target.traffic, (server) => ask(server.port, target.traffic));
  const { server: spec, traffic } = floorFor(target.traffic, answer);
  return withServer(spec, traffic, (one) =>
    withServer(spec, traffic, async (other) =>
      comparePairs(await context.generator(), { server: one, traffic }, { server: other, traffic }, context.options),
    ),
  );
}

/** The answer that the target gives in the end. */
async function settled({ port }: Server, traffic: Traffic): Promise<Awaited<ReturnType<typeof ask>>> {
  for (let i = 0; i < 2_000; i++) {
    const answer = await ask(port, traffic);
    if (answer.status === traffic.status) return answer;
  }
  throw new Error(`it never answered ${traffic.status}`);
}

async function conditional({ port }: Server, traffic: Traffic): Promise<Traffic> {
  const { headers } = await ask(port, traffic);
  return { ...traffic, headers: { ...traffic.headers, 'If-None-Match': String(headers['etag']) } };
}
