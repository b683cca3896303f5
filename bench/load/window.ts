/**
 * A window of load, and what generates it.
 * @module
 */
import type { Traffic } from '../traffic.js';

/** Connections that a generator keeps open. */
export const CONNECTIONS = 64;

/** What one window of load measured. */
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

/** A load generator. */
export interface Generator {
  readonly name: string;
  run(port: number, traffic: Traffic, seconds: number): Promise<Window>;
}
