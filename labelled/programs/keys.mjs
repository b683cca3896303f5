/**
 * Several keys, one request at a time. `keys`: their headers; `calls`; `order`: `turn`, `random` or `overflow` (the next when one has nothing left); `pause`; `path`.
 * @module
 */
import { base, options, randomFrom, range, ready, sleep } from './client.mjs';
import { transport } from './transports.mjs';

const { keys, calls, order, pause = 0, path = '/v1/account/usage?day=' } = options;
const random = randomFrom(3);
const send = await transport();
let current = 0;

const CHOOSE = {
  turn: (n) => n % keys.length,
  random: () => Math.floor(random() * keys.length),
  overflow: () => current,
};

await ready();
for (const n of range(calls)) {
  const answer = await send(`${base}${path}${n}`, { headers: keys[CHOOSE[order](n)] });
  if (process.env['CLIENT_TRACE']) console.log(answer.status, answer.text.slice(0, 200));
  if (order === 'overflow' && answer.headers.get('x-ratelimit-remaining') === '0')
    current = (current + 1) % keys.length;
  if (pause > 0) await sleep(pause);
}
