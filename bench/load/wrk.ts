/**
 * wrk, told by a Lua script what to send and what to report.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinned } from '../machine.js';
import { output } from '../output.js';
import { temporaryFolder } from '../temporary.js';
import type { Traffic } from '../traffic.js';
import { CONNECTIONS, type Generator, type Window } from './window.js';

/** Runs wrk in a process for each window, with one thread and `CONNECTIONS` connections. It expects that wrk is installed. */
export function wrk(): Generator {
  const folder = temporaryFolder();
  const scripts = new Map<Traffic, string>();
  // Requests that were under way at the end of a window are answered in the next one: no two windows send the same numbers.
  let numbers = 100_000_000;
  const scriptOf = (traffic: Traffic) => {
    const known = scripts.get(traffic);
    if (known !== undefined) return known;
    const file = join(folder, `${scripts.size}.lua`);
    writeFileSync(file, script(traffic));
    scripts.set(traffic, file);
    return file;
  };
  // wrk --version prints its usage as well, and ends with 1.
  const [, version = ''] = /^wrk (\S+)/.exec(spawnSync('wrk', ['--version'], { encoding: 'utf8' }).stdout) ?? [];
  return {
    name: `wrk ${version}`.trim(),
    async run(port, traffic, seconds) {
      const flags = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '10s', '-s', scriptOf(traffic)];
      const command = pinned('client', [
        'wrk',
        ...flags,
        `http://127.0.0.1:${port}${traffic.path}`,
        '--',
        `${numbers}`,
      ]);
      numbers += 1_000_000;
      const printed = await output(command, seconds * 1_000 + 30_000);
      return JSON.parse(/^RESULT (.*)$/m.exec(printed)![1]!) as Window;
    },
  };
}

function script({ method, headers, body }: Traffic): string {
  const lines = [
    `wrk.method = ${lua(method)}`,
    ...Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`),
    ...(body === undefined ? [] : [body.includes('{n}') ? numbered(body) : `wrk.body = ${lua(body)}`]),
    REPORT,
  ];
  return lines.join('\n');
}

function numbered(body: string): string {
  const parts = body.split('{n}').map(lua).join(' .. n .. ');
  return `local n = 0
function init(args) n = tonumber(args[1]) end
function request()
  n = n + 1
  return wrk.format(nil, nil, nil, ${parts})
end`;
}

function lua(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

const REPORT = `
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.4f,"p99":%.4f,"refused":%d,"failed":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
`;
