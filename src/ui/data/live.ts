/**
 * Reads the ticks of the sandbox, and connects again when the stream ends.
 * @module
 */
import { type Api, ApiError } from './api.js';
import { EventParser } from './sse.js';
import type { SandboxInfo, Tick } from './types.js';

/** The state of the connection. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused' | 'gone';

/** Receives ticks. */
export interface LiveListener {
  /** @param isFirst whether the tick is the first of a connection: it has the newest entries, also those that came before */
  tick(tick: Tick, isFirst: boolean): void;
  /** @param detail why it is lost or refused */
  connection(state: Connection, detail?: string): void;
}

/** How often ticks are asked for, and how many entries each may have: the cost for the server is bounded by both. */
export const TICKS = { every: '250ms', limit: 20 } as const;

/** Pauses before another try to connect, in milliseconds; the last one repeats. */
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000] as const;

/** Reads the stream until `stop()`. */
export class Live {
  readonly #api: Api;
  readonly #listener: LiveListener;
  #abort = new AbortController();
  #wake = () => {};

  constructor(api: Api, listener: LiveListener) {
    this.#api = api;
    this.#listener = listener;
    void this.#run(this.#abort.signal);
  }

  /** Ends the stream. */
  stop(): void {
    this.#abort.abort();
    this.#wake();
  }

  /** Connects at once, with the token that is set by now. */
  restart(): void {
    this.stop();
    this.#abort = new AbortController();
    void this.#run(this.#abort.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    let tries = 0;
    let wasLive = false;
    while (!signal.aborted) {
      try {
        this.#listener.connection('connecting');
        // The server would make a named sandbox anew, and it should not come back because a page looks at it.
        if (wasLive && !(await this.#exists())) {
          this.#listener.connection('gone');
          return;
        }
        await this.#read(signal, () => {
          tries = 0;
          wasLive = true;
        });
        if (!signal.aborted) this.#listener.connection('lost', 'the stream of events has ended');
      } catch (error) {
        if (signal.aborted) return;
        const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
        this.#listener.connection(refused ? 'refused' : 'lost', (error as Error).message);
        // Another try cannot succeed before the person has given a token.
        if (refused) return;
      }
      await this.#pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]!);
      tries += 1;
    }
  }

  async #read(signal: AbortSignal, received: () => void): Promise<void> {
    // Without the id of the last tick: after a pause the sandbox may be another one, whose requests have the same ids.
    const response = await this.#api.send(`/events?every=${TICKS.every}&limit=${TICKS.limit}`, { signal });
    let isFirst = true;
    this.#listener.connection('live');
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = response.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      received();
      for (const { type, data } of parser.push(decoder.decode(value, { stream: true }))) {
        if (type !== 'tick') continue;
        this.#listener.tick(JSON.parse(data) as Tick, isFirst);
        isFirst = false;
      }
    }
  }

  /** Whether the sandbox of the page exists. */
  async #exists(): Promise<boolean> {
    const { sandbox } = this.#api;
    if (sandbox === '') return true;
    const { sandboxes } = await this.#api.get<{ sandboxes: readonly SandboxInfo[] }>('/sandboxes', '');
    return sandboxes.some(({ name }) => name === sandbox);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
