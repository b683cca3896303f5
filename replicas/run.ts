/**
 * `npm run replicas`: many clients, several servers over one store, and processes that are killed and paused meanwhile. Afterwards the whole history is checked.
 * @module
 */
import { parseArgs } from 'node:util';
import { drive } from './clients.js';
import { checkHistory } from './history.js';
import { freePort, Server, Store } from './processes.js';

const HELP = `npm run replicas -- [options]

Starts a Redis server and several servers of mock429 that share it (npm run build first), sends requests to all of them at once, and kills or pauses one process after
the other. Ends with 1 if more was admitted than a quota allows, if two requests were told the same remaining amount, or if the answers contradict the order in which
they came (linearizability).

  --operations <n>   requests (20000)
  --replicas <n>     servers (3)
  --clients <n>      clients at once (48)
  --buckets <n>      keys, each with a quota of its own (100)
  --faults <n>       how often a process is killed or paused (6)
  --seed <n>         of all that is chosen (1)
  --help             this`;

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '20000' },
    replicas: { type: 'string', default: '3' },
    clients: { type: 'string', default: '48' },
    buckets: { type: 'string', default: '100' },
    faults: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function main(): Promise<number> {
  const operations = Number(values.operations);
  const faults = Number(values.faults);
  const random = randomOf(Number(values.seed));
  const buckets = Array.from({ length: Number(values.buckets) }, (_, i) => `key-${i}`);
  // Some buckets run empty, others do not.
  const quota = Math.max(1, Math.round((operations / buckets.length) * 0.97));
  const store = new Store(await freePort(), true);
  await store.start();
  const profile = ['--profile', 'replicas/hourly.yaml', '--set', `policies.hour.quota=${quota}`, '--clock', 'frozen'];
  const servers: Server[] = [];
  for (let i = 0; i < Number(values.replicas); i++)
    servers.push(new Server(await freePort(), [...profile, '--store', store.url]));
  try {
    for (const server of servers) await server.start();
    return await runOn(store, servers);
  } finally {
    for (const server of servers) await server.end();
    await store.end();
    store.delete();
  }

  async function runOn(store: Store, servers: readonly Server[]): Promise<number> {
    const actions: { readonly name: string; readonly run: () => Promise<void> }[] = [
      {
        name: 'a server is killed and started again',
        run: () => restart(servers[Math.floor(random() * servers.length)]!),
      },
      { name: 'the store is killed and started again', run: () => restart(store) },
      {
        name: 'a server stands still for 2 s',
        run: () => pause(servers[Math.floor(random() * servers.length)]!, 2_000),
      },
      { name: 'the store stands still for 3 s', run: () => pause(store, 3_000) },
      { name: 'a server stands still for longer than members may be silent', run: () => pause(servers[0]!, 12_000) },
    ];
    let disturbing = Promise.resolve();
    let disturbed = 0;
    const began = performance.now();
    const history = await drive({
      operations,
      clients: Number(values.clients),
      buckets,
      random,
      urls: () => servers.filter(({ isRunning }) => isRunning).map(({ url }) => url),
      progressed(done) {
        if (disturbed >= faults || done < ((disturbed + 1) * operations) / (faults + 1)) return;
        const action = actions[disturbed % actions.length]!;
        disturbed += 1;
        disturbing = disturbing.then(async () => {
          console.log(`${done} requests: ${action.name}`);
          await action.run();
        });
      },
    });
    const seconds = (performance.now() - began) / 1_000;
    await disturbing;
    const { admitted, refused, unknown, violations } = checkHistory(history, quota);
    console.log(
      `${history.length} requests in ${seconds.toFixed(0)} s to ${servers.length} servers, ${buckets.length} buckets of ${quota}, ${disturbed} faults: ${admitted} admitted, ${refused} refused, ${unknown} unknown`,
    );
    console.log(`${violations.length} violations`);
    for (const violation of violations.slice(0, 20)) console.log(`  ${violation}`);
    return violations.length === 0 ? 0 : 1;
  }
}

async function restart(process: Server | Store): Promise<void> {
  await process.end('SIGKILL');
  await process.start();
}

async function pause(process: Server | Store, ms: number): Promise<void> {
  process.signal('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, ms));
  process.signal('SIGCONT');
}

if (values.help) console.log(HELP);
else process.exitCode = await main();
