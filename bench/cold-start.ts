/**
 * Cold start: from spawning the program to its first line, beside a bare Hono program measured in the same run, turn by turn.
 *
 * `npm run build && npm run bench:cold-start`
 * @module
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROUNDS = 11;
const root = fileURLToPath(new URL('../', import.meta.url));

const FLOOR = `
import { Hono } from 'hono';
import { serve } from '@hono/node-server';
const app = new Hono();
app.get('/', (c) => c.text('ok'));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => console.log('ready'));
`;

const subjects: Record<string, readonly string[]> = {
  'bare hono + @hono/node-server': ['--input-type=module', '--eval', FLOOR],
  'mock429, five profiles': ['dist/cli.js', '--port', '0'],
  'mock429, one profile': ['dist/cli.js', '--port', '0', '--profile', 'klinky'],
};

async function coldStart(args: readonly string[]): Promise<number> {
  const from = process.hrtime.bigint();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
  const took = Number(process.hrtime.bigint() - from) / 1e6;
  child.removeAllListeners('exit');
  await new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
  return took;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

const times: Record<string, number[]> = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, args] of Object.entries(subjects)) times[name]!.push(await coldStart(args));
}
const floor = median(times[Object.keys(subjects)[0]!]!);
for (const [name, values] of Object.entries(times)) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  console.log(
    `${name.padEnd(32)} ${median(values).toFixed(0).padStart(5)} ms (${least.toFixed(0)}–${most.toFixed(0)})  ratio ${(median(values) / floor).toFixed(2)}`,
  );
}
