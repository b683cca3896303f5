// The same searches by a client that looks at what is left, waits for the reset before it is refused, and for Retry-After if it is all the same.
//
//   npx mock429 run --profile prediction --compress 60 -- node examples/waits-as-told.mjs [searches]
// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

const BASE_URL = process.env['MOCK429_URL'] ?? 'https://api.deepcreativelabs.com';
const headers = { Authorization: `Bearer ${process.env['API_KEY'] ?? 'sk_live_demo'}` };
const searches = Number(process.argv[2] ?? 200);

/** @param {string} path */
async function get(path) {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const response = await fetch(BASE_URL + path, { headers });
    const body = await response.json();
    const number = (/** @type {string} */ name) => Number(response.headers.get(name));
    if (response.status === 429) {
      await sleep(number('Retry-After') * 1_000);
    } else if (response.ok) {
      if (number('X-RateLimit-Remaining') === 0) await until(number('X-RateLimit-Reset') * 1_000);
      return body;
    } else {
      throw new Error(`GET ${path}: ${response.status}`);
    }
  }
  throw new Error(`GET ${path}: refused too often`);
}

/** Timers may be a little early. @param {number} instant epoch milliseconds */
async function until(instant) {
  for (let left = instant - Date.now(); left > 0; left = instant - Date.now()) await sleep(left);
}

for (let n = 1; n <= searches; n++) await get(`/v1/search?limit=100&q=model-${n}`);
console.log(`${searches} searches done`);
