/**
 * Endpoints that were registered through the control API: URLs to which a provider sends its events.
 * @module
 */
import { bytesOf, bytesOfMap } from './bytes.js';

/** An endpoint that receives the events of a provider. */
export interface Endpoint {
  /** Its id, such as `endpoint-1`. */
  readonly id: string;
  readonly url: string;
  /** The account whose events it receives; `null`: those of every account. */
  readonly account: string | null;
  /** The types of events that it receives; `null`: all. */
  readonly events: readonly string[] | null;
  /** The secret with which deliveries to it are signed; `null` if the provider does not sign. */
  readonly secret: string | null;
}

/** The endpoints of one provider in one sandbox. */
export class Endpoints {
  readonly #endpoints = new Map<string, Endpoint>();
  #made = 0;

  /** How many there are. */
  get size(): number {
    return this.#endpoints.size;
  }

  /** How many have been registered, removed ones included. */
  get made(): number {
    return this.#made;
  }

  /** Estimated bytes of memory. */
  get bytes(): number {
    return bytesOfMap(this.#endpoints, ({ url, events, secret }) => bytesOf([url, events, secret]));
  }

  /** All endpoints, in order of registration. */
  list(): Endpoint[] {
    return [...this.#endpoints.values()];
  }

  /** Registers an endpoint. */
  add(spec: Omit<Endpoint, 'id'>): Endpoint {
    this.#made += 1;
    const endpoint: Endpoint = { id: `endpoint-${this.#made}`, ...spec };
    this.#endpoints.set(endpoint.id, endpoint);
    return endpoint;
  }

  /** Removes an endpoint. @returns whether there was one */
  remove(id: string): boolean {
    return this.#endpoints.delete(id);
  }

  /** Replaces all endpoints. @param made how many have been registered */
  load(endpoints: readonly Endpoint[], made: number): void {
    this.#made = made;
    this.#endpoints.clear();
    for (const endpoint of endpoints) this.#endpoints.set(endpoint.id, endpoint);
  }
}
