/**
 * The answer that the floors and the peers without a document of their own are given.
 * @module
 */
import { ask } from '../traffic.js';
import { withServer } from './server.js';
import { FIRST } from './targets.js';

/** What mock429 answers where the peers are measured. */
export async function sample(): Promise<string> {
  return withServer(FIRST.server, FIRST.traffic, async ({ port }) => (await ask(port, FIRST.traffic)).body);
}
