/**
 * Starts several programs at the same time: `programs`, each `[words…]` as a situation's command has it; `apart`: ms from start to start.
 * @module
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { options, ready, sleep } from './client.mjs';

const { programs, apart = 0 } = options;
const { CLIENT_QUOTAS: _, ...env } = process.env;

await ready();
const ends = [];
for (const [program, ...rest] of programs) {
  const args = rest.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const file = program.endsWith('.mjs') ? [fileURLToPath(new URL(program, import.meta.url))] : [];
  const child = spawn(file.length > 0 ? process.execPath : program, [...file, ...args], { stdio: 'inherit', env });
  ends.push(new Promise((resolve) => child.on('exit', resolve)));
  if (apart > 0) await sleep(apart);
}
const codes = await Promise.all(ends);
process.exit(codes.find((code) => code !== 0) ?? 0);
