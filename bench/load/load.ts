/**
 * One window of load from a generator on its own core.
 * @module
 */
import { has } from '../machine.js';
import type { Traffic } from '../traffic.js';
import { autocannon } from './autocannon.js';
import { wrk } from './wrk.js';

export const CONNECTIONS = 64;

export interface Window {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers of 400 and above. */
  readonly refused: number;
  /** Connections and answers that failed. */
  readonly failed: number;
}

export interface Generator {
  readonly name: string;
  run(port: number, traffic: Traffic, seconds: number): Promise<Window>;
}

/** The one that is named; wrk where it is installed, and else autocannon. */
export async function generator(name = has('wrk') ? 'wrk' : 'autocannon'): Promise<Generator> {
  if (name === 'wrk') return wrk();
  if (name === 'autocannon') return autocannon();
  throw new Error(`there is no generator "${name}"; use wrk or autocannon`);
}
