/**
 * One window of load from a generator on its own core.
 * @module
 */
import { has } from '../machine.js';
import { autocannon } from './autocannon.js';
import type { Generator } from './window.js';
import { wrk } from './wrk.js';

/** The one that is named; wrk where it is installed, and else autocannon. */
export async function generator(name = has('wrk') ? 'wrk' : 'autocannon'): Promise<Generator> {
  if (name === 'wrk') return wrk();
  if (name === 'autocannon') return autocannon();
  throw new Error(`there is no generator "${name}"; use wrk or autocannon`);
}
