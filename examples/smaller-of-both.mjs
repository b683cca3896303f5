// Searches the prediction API's models. Refused, it waits for the smaller of Retry-After and 2^n seconds, which is how samples often have it: it comes back before
// it was told to. n begins at -2, so that it does so under --compress 60 as well, where a minute is a second and no Retry-After is below 1 s.
//
//   npx mock429 run --profile prediction --compress 60 -- node examples/smaller-of-both.mjs [searches]
// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

const BASE_URL = process.env['MOCK429_URL'] ?? 'https://api.deepcreativelabs.com';
const headers = { Authorization: `Bearer ${process.env['API_KEY'] ?? 'sk_live_demo'}` };
const searches = Number(process.argv[2] ?? 200);

/** @param {string} path */
async function get(path) {
  for (let n = -2; n <= 3; n++) {
    const response = await fetch(BASE_URL + path, { headers });
    const body = await response.json();
    if (response.ok) return body;
    if (response.status !== 429) throw new Error(`GET ${path}: ${response.status}`);
    const told = Number(response.headers.get('Retry-After'));
    const wait = Math.min(told, 2 ** n);
    console.log(`refused: told to wait ${told} s, waits ${wait} s`);
    await sleep(wait * 1_000);
  }
  throw new Error(`GET ${path}: refused too often`);
}

for (let n = 1; n <= searches; n++) await get(`/v1/search?limit=100&q=model-${n}`);
console.log(`${searches} searches done`);
