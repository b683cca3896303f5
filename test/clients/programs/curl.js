// Not a client: starts curl for each request, as a shell script would.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { live } from './live.js';

const options = process.argv.slice(2).map((option) => option.replace('{uuid}', randomUUID()));

await live(({ method, url, headers, body }) => {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const data = body === undefined ? [] : ['--data', body];
  return promisify(execFile)('curl', ['-sS', ...options, ...lines, ...data, '-X', method, url]);
});
