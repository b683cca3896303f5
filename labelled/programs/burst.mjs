/**
 * Many requests at once, those that are refused again after their wait, all until they are answered or the rounds are used up.
 *
 * `n`; `connections`: `fresh`, `warm` (one request before, on one connection) or `preopened` (all sockets opened before); `wait`; `rounds` (4): of tries at most;
 * `requests`: `same` or different ones; `each`: every call waits by itself, in place of all together; `before`: so many requests first, one at a time; `transport`.
 * @module
 */
import http from 'node:http';
import net from 'node:net';
import { base, headers, isRefused, options, path, range, ready, sleep, withQuery } from './client.mjs';
import { transport } from './transports.mjs';
import { toldMs, waiting } from './waits.mjs';

const { n, connections = 'fresh', rounds = 4, requests = 'different', each = false, before = 0 } = options;
const wait = waiting(options.wait ?? 'told-and-jitter');
const send = connections === 'preopened' ? await preopened() : await transport(options.transport);
const urlOf = (i) => base + (requests === 'same' ? path : withQuery(path, `page=${i}`));
const call = async (i) => ({ i, answer: await send(urlOf(i), { headers }) });

await ready();
if (connections === 'warm') await call('warm');
for (const i of range(before)) await call(`before-${i}`);

if (each) {
  await Promise.all(
    range(n).map(async (i) => {
      for (const round of range(rounds)) {
        const { answer } = await call(i);
        if (!isRefused(answer) || round === rounds - 1) return;
        await sleep(wait(answer, round));
      }
    }),
  );
} else {
  let left = range(n);
  for (const round of range(rounds)) {
    const refused = (await Promise.all(left.map(call))).filter(({ answer }) => isRefused(answer));
    if (refused.length === 0 || round === rounds - 1) break;
    left = refused.map(({ i }) => i);
    const { answer } = refused.reduce((a, b) => ((toldMs(b.answer) ?? 0) > (toldMs(a.answer) ?? 0) ? b : a));
    await sleep(wait(answer, round));
  }
}
process.exit(0);

/** As many sockets as requests, open for a while before the first of them is used. */
async function preopened() {
  const { port, hostname } = new URL(base);
  const sockets = await Promise.all(
    range(n).map(
      () =>
        new Promise((resolve) => {
          const socket = net.connect(Number(port), hostname, () => resolve(socket));
        }),
    ),
  );
  await sleep(300);
  const agent = new http.Agent({ keepAlive: true, maxSockets: n });
  // The agent is given those that are open, and makes new ones only when they are gone.
  agent.createConnection = (given) => sockets.pop() ?? net.connect(given);
  return (url, { headers: own }) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { headers: own, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: new Headers(response.headers), text }),
        );
      });
      request.on('error', reject);
      request.end();
    });
}
