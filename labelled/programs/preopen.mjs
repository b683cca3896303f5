/**
 * Connections that were opened beforehand, and a strictly sequential client on them, each try on the next. `n`; `wait`: between tries.
 * @module
 */
import net from 'node:net';
import { base, headers, options, path, range, ready, sleep } from './client.mjs';
import { waiting } from './waits.mjs';

const { n = 12, wait = 'at-once' } = options;
const { port, hostname, host } = new URL(base);
const open = () =>
  new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname, () => resolve(socket));
  });
const lines = [
  `GET ${path} HTTP/1.1`,
  `Host: ${host}`,
  ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
];

const sockets = await Promise.all(range(n).map(open));
await sleep(500);
await ready();
for (const [attempt, socket] of sockets.entries()) {
  const text = await new Promise((resolve) => {
    socket.once('data', (data) => resolve(data.toString('latin1')));
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  });
  const [head] = text.split('\r\n\r\n');
  if (!/^HTTP\/1.1 429/.test(head)) break;
  const told = /^retry-after: (.*)$/im.exec(head)?.[1];
  await sleep(waiting(wait)({ headers: new Headers(told === undefined ? {} : { 'retry-after': told }) }, attempt));
}
for (const socket of sockets) socket.destroy();
