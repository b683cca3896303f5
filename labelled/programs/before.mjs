/**
 * Sets the scene by the control API, and then starts the client: `before.mjs JSON PROGRAM ARG…`. Ends as the client does.
 *
 * `quotas`: buckets to seed, by the client itself where `late` says that it does; `faults`: to set; `calls`: others, `[method, path, body]` each.
 * @module
 */
import { spawn } from 'node:child_process';
import { control } from './client.mjs';

const [, , scene, program, ...args] = process.argv;
const { quotas = [], faults = [], calls = [], late = false } = JSON.parse(scene);
for (const fault of faults) await control('POST', '/faults', fault);
for (const [method, url, body] of calls) await control(method, url, body);
if (!late) for (const quota of quotas) await control('PUT', '/quotas', quota);

const child = spawn(program, args, {
  stdio: 'inherit',
  env: { ...process.env, ...(late && { CLIENT_QUOTAS: JSON.stringify(quotas) }) },
});
child.on('error', ({ message }) => {
  console.error(message);
  process.exit(70);
});
child.on('exit', (code, signal) => process.exit(signal ? 70 : code));
