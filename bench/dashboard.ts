/**
 * What the dashboard costs the requests, and how smooth it is: `npm run bench:dashboard [rate] [seconds]`.
 *
 * A server gets requests at a fixed rate: twice without the page, which tells how far two equal runs differ, and once with the page open in Chromium. The CPU time
 * of the server per request is the number that other programs on the machine disturb least.
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { chromium, type Page } from '@playwright/test';
import { describeMachine, pinned, pinSelf, root } from './machine.js';
import { launch, type Server } from './processes.js';
import { type Row, toText } from './table.js';
import type { Traffic } from './traffic.js';

const [rate = 5_000, seconds = 10] = process.argv.slice(2).map(Number);
/** Callers, each with a bucket of its own. */
const KEYS = 400;
const TRAFFIC: Traffic = {
  method: 'GET',
  path: '/v1/companies?limit=1',
  headers: { Authorization: 'Bearer ad_live_00000000000000000000000000000000' },
  status: 200,
};
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const BROWSER_ARGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking'];

/** Runs in the page: the time between two frames, as long as it is open. A text, since the program that runs this file changes functions. */
const RECORD_FRAMES = `{
  globalThis.frames = [];
  let last = performance.now();
  requestAnimationFrame(function next(at) {
    frames.push(at - last);
    last = at;
    requestAnimationFrame(next);
  });
}`;

interface Load {
  readonly requests: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly tookMs: number;
}

if (!existsSync(`${root}dist/ui/app.js`)) throw new Error('there is no dist/ui/app.js; run npm run build first');
if (!existsSync(EXECUTABLE)) throw new Error(`there is no Chromium at ${EXECUTABLE}; name one in CHROMIUM`);
const machine = describeMachine();
pinSelf();
const rows = [
  await measure('without the page', false),
  await measure('with the page', true),
  await measure('without the page, again', false),
];
console.log(
  toText({
    section: 'dashboard',
    title: `${rate} requests a second for ${seconds} s, ${KEYS} keys`,
    columns: [
      { key: 'rate', title: 'requests/s', unit: 'count' },
      { key: 'p50', title: 'p50 ms', unit: 'ms' },
      { key: 'p99', title: 'p99 ms', unit: 'ms' },
      { key: 'max', title: 'max ms', unit: 'ms' },
      { key: 'cpu', title: 'server CPU µs/request', unit: 'µs' },
      { key: 'frame', title: 'frame p50 ms', unit: 'ms' },
      { key: 'frame99', title: 'frame p99 ms', unit: 'ms' },
      { key: 'script', title: 'page CPU %', unit: 'ratio' },
      { key: 'shown', title: 'marks on the page', unit: 'count' },
    ],
    rows,
    notes: [
      `${machine.cpu}, ${machine.cores} cores, ${machine.pinning}; load average ${machine.load.toFixed(1)} at the start`,
      'Latency begins when a request is due. Half of the requests are refused, and told to wait.',
    ],
  }),
);

async function measure(name: string, withPage: boolean): Promise<Row> {
  // Half of the requests are within the limit of their key.
  const quota = Math.ceil((rate * seconds) / 2 / KEYS);
  const quotas = { 'token-minute': quota, 'workspace-minute': 1e9, 'token-day': 1e9, 'workspace-day': 1e9 };
  const sets = Object.entries(quotas).flatMap(([policy, value]) => ['--set', `policies.${policy}.quota=${value}`]);
  const flags = ['--profile', 'full-domination', ...sets];
  const spec = { args: (port: number) => ['dist/cli.js', ...flags, '--port', String(port)] };
  const server = await launch(spec, TRAFFIC);
  try {
    return withPage ? await withBrowser(server, name) : { name, values: valuesOf(await loaded(server)) };
  } finally {
    await server.end();
  }
}

async function withBrowser(server: Server, name: string): Promise<Row> {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: BROWSER_ARGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.locator('.connection.live').waitFor();
    const frames = await observed(page);
    const load = await loaded(server);
    return { name, values: { ...valuesOf(load), ...(await frames()) } };
  } finally {
    await browser.close();
  }
}

/** Observes the frames of the page. @returns a function that tells what was seen since */
async function observed(page: Page): Promise<() => Promise<Record<string, number>>> {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const scriptMs = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1_000;
  };
  await page.evaluate(RECORD_FRAMES);
  const [began, before] = [performance.now(), await scriptMs()];
  return async () => {
    const frames = await page.evaluate<number[]>('frames');
    const script = ((await scriptMs()) - before) / (performance.now() - began);
    const sorted = frames.slice(1).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
    const shown = Number(await page.locator('#timeline-canvas').getAttribute('data-requests'));
    return { frame: at(0.5), frame99: at(0.99), script: script * 100, shown };
  };
}

async function loaded(server: Server): Promise<Load & { readonly cpu: number | undefined }> {
  const before = server.cpuMs();
  const args = ['bench/load/paced.mjs', server.port, TRAFFIC.path, rate, seconds, KEYS].map(String);
  const [program, ...rest] = pinned('client', [process.execPath, ...args]);
  const child = spawn(program, rest, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const load = JSON.parse(await text(child.stdout)) as Load;
  const after = server.cpuMs();
  return {
    ...load,
    cpu: before === undefined || after === undefined ? undefined : ((after - before) * 1_000) / load.requests,
  };
}

function valuesOf({ requests, tookMs, p50, p99, max, cpu }: Awaited<ReturnType<typeof loaded>>): Row['values'] {
  return { rate: (requests * 1_000) / tookMs, p50, p99, max, cpu };
}
