/**
 * Clients that send one request after the other to random servers, and record what came of each.
 * @module
 */
import { Agent, request } from 'node:http';
import type { Operation } from './history.js';

/** Options of `drive()`. */
export interface DriveOptions {
  readonly urls: () => readonly string[];
  /** How many requests altogether. */
  readonly operations: number;
  /** How many clients at once. */
  readonly clients: number;
  readonly buckets: readonly string[];
  readonly random: () => number;
  /** Is called with the number of requests whose outcome is there. */
  readonly progressed: (done: number) => void;
}

/** Sends the requests. */
export async function drive(options: DriveOptions): Promise<Operation[]> {
  const { urls, operations, clients, buckets, random, progressed } = options;
  const history: Operation[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  let sent = 0;
  const client = async () => {
    while (sent < operations) {
      sent += 1;
      const all = urls();
      const url = all[Math.floor(random() * all.length)]!;
      const bucket = buckets[Math.floor(random() * buckets.length)]!;
      const from = performance.now();
      const outcome = await send(url, bucket, agent);
      history.push({ bucket, from, to: performance.now(), outcome });
      // Whoever does not answer needs time, and the requests that wait for it are not all to be used up.
      if (outcome === 'unknown') await new Promise((resolve) => setTimeout(resolve, 100));
      progressed(history.length);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return history;
}

function send(url: string, key: string, agent: Agent): Promise<Operation['outcome']> {
  return new Promise((resolve) => {
    const sent = request(`${url}/items`, { agent, headers: { 'X-Key': key } }, (response) => {
      response.resume();
      response.on('error', () => resolve('unknown'));
      response.on('end', () => {
        if (response.statusCode === 429) resolve('refused');
        else resolve(response.statusCode === 200 ? Number(response.headers['x-ratelimit-remaining']) : 'unknown');
      });
    });
    sent.on('error', () => resolve('unknown'));
    sent.end();
  });
}
