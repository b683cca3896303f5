/**
 * The sandboxes by name. The one without a name is always there; others are made at first use, are bounded in number, and go when nobody uses them.
 * @module
 */

import { formatDuration } from '../limits/duration.js';
import type { Provider } from '../profile/compiled/provider.js';
import { nearest } from '../profile/errors.js';
import type { ClockReading } from '../runtime/clock.js';
import { Problem } from './control/problem.js';
import type { Port } from './core.js';
import { ByteBound, formatBytes } from './memory/byte-bound.js';
import { Sandbox } from './sandbox.js';
import type { SandboxOptions } from './sandbox-options.js';
import { EvictedVerdicts, type RemovedReport } from './verdict/evicted.js';

export interface SandboxesOptions extends SandboxOptions {
  /** More than this many named ones, and the one unused for longest goes; 1,000 when left out. */
  readonly maxSandboxes?: number | undefined;
  /** More bytes (estimated) than this in all named ones together, and those unused for longest go; half of what the heap may take, when left out. */
  readonly maxSandboxBytes?: number | undefined;
  /** Real milliseconds after which an unused one may go; an hour when left out. */
  readonly idleMs?: number | undefined;
}

interface EvictionOrder {
  readonly sandbox: Sandbox;
  /** The machine's epoch ms. */
  readonly madeAt: number;
  readonly usedAt: number;
}

/** A sandbox for showing. */
export interface SandboxInfo {
  readonly name: string;
  /** ISO 8601, in real time. */
  readonly madeAt: string;
  readonly usedAt: string;
  /** Requests to providers since it was made, resets or not. */
  readonly requests: number;
  /** Memory that it takes: an estimate. */
  readonly bytes: number;
  readonly clock: ClockReading;
}

export class Sandboxes {
  readonly main: Sandbox;
  /** In the order of their last use. */
  readonly #named = new Map<string, EvictionOrder>();
  readonly #bound: ByteBound;
  /** Of those that were removed because they were unused; where sandboxes are judged. */
  readonly #earlier = new EvictedVerdicts();
  /** Whether it was told that they take too much, and that none can go. */
  #reportedFull = false;
  #options: SandboxesOptions;

  constructor(options: SandboxesOptions) {
    this.#options = options;
    this.#bound = new ByteBound(options.maxSandboxBytes);
    this.main = new Sandbox('', options);
  }

  /**
   * The sandbox of that name, made if there is none.
   *
   * @param port where a request came from that it is to answer
   */
  get(name: string, port?: Port): Sandbox {
    if (name === '' && this.#named.size === 0) return this.main;
    const now = this.main.clock.real();
    this.#expire(now);
    if (name === '') return this.main;
    const known = this.#named.get(name);
    const kept = known ?? { sandbox: this.#make(name), madeAt: now, usedAt: now };
    this.#use(name, kept, now);
    if (port) kept.sandbox.hold(port);
    const { maxSandboxes = 1_000, log } = this.#options;
    if (!this.#makeRoom(name, maxSandboxes) && !known)
      log('warn', `there are ${this.#named.size} sandboxes, more than ${maxSandboxes}, and each is in use`);
    if (this.#bound.isDue(!known)) this.#makeMemory(name);
    return kept.sandbox;
  }

  /** Whether there is one of that name. The one without a name is always there. */
  has(name: string): boolean {
    if (name === '') return true;
    this.#expire(this.main.clock.real());
    return this.#named.has(name);
  }

  /** Why no sandbox is to be made by that name: it is shown in the log, the journal and the ids of requests. */
  refusal(name: string): Problem | undefined {
    const { secrets } = this.main;
    if (this.has(name) || !secrets.isIn(name)) return undefined;
    const detail = `"${secrets.target(name)}" looks like a credential, and a sandbox's name is shown; choose another`;
    return new Problem(404, 'secret-sandbox-name', detail);
  }

  /** Its log lines name it: many may speak at the same time. */
  #make(name: string): Sandbox {
    const { log, judgeWith } = this.#options;
    const earlier = this.#earlier.take(name);
    return new Sandbox(name, {
      ...this.#options,
      judgeWith: judgeWith && ((sandbox) => judgeWith(sandbox, earlier)),
      mayGrow: (bytes) => this.#bound.grew(bytes),
      log: (level, message) => log(level, `~${name} ${message}`),
    });
  }

  /** All of them, the one without a name first, the others in the order of their use. To ask for them here is no use of them. */
  all(): Sandbox[] {
    return [this.main, ...[...this.#named.values()].map(({ sandbox }) => sandbox)];
  }

  /** Whether it has not been removed. */
  holds(sandbox: Sandbox): boolean {
    return sandbox === this.main || this.#named.get(sandbox.name)?.sandbox === sandbox;
  }

  /** Those with a name, the one unused for longest first. */
  list(): SandboxInfo[] {
    this.#expire(this.main.clock.real());
    return [...this.#named].map(([name, { sandbox, madeAt, usedAt }]) => ({
      name,
      madeAt: new Date(madeAt).toISOString(),
      usedAt: new Date(usedAt).toISOString(),
      requests: sandbox.counts.requests,
      bytes: sandbox.bytes,
      clock: sandbox.clock.read(),
    }));
  }

  /** Finished reports on the judged ones that were removed because they were unused, and have not been used again since. */
  removedReports(): RemovedReport[] {
    this.#expire(this.main.clock.real());
    return this.#earlier.list();
  }

  /** Forgets it; what waits in it ends at once. @throws Problem when there is none of that name */
  remove(name: string): void {
    const kept = this.#named.get(name);
    this.#earlier.take(name);
    if (!kept) {
      const near = nearest(name, this.#named.keys());
      const fix = near === undefined ? 'GET /sandboxes lists those there are' : `did you mean "${near}"?`;
      throw new Problem(404, 'unknown-sandbox', `there is no sandbox "${name}"; ${fix}`, 'name');
    }
    this.#drop(name, kept);
  }

  /** Serves another edition of the provider of that id, in every sandbox there is and in those to come. */
  replaceProvider(provider: Provider): void {
    const providers = this.#options.providers.map((one) => (one.id === provider.id ? provider : one));
    this.#options = { ...this.#options, providers };
    for (const sandbox of this.all()) sandbox.replaceProvider(provider);
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((sandbox) => sandbox.close()));
  }

  /** What nobody has used for long goes. What is waited for is in use all the time. */
  #expire(now: number): void {
    const { idleMs = 3_600_000, log } = this.#options;
    for (const [name, kept] of this.#named) {
      if (now - kept.usedAt < idleMs) break;
      if (kept.sandbox.inUse) {
        this.#use(name, kept, now);
      } else {
        this.#evict(name, kept);
        log('info', `sandbox ~${name} removed: unused for ${formatDuration(idleMs)}`);
      }
    }
  }

  /** Whether there are no more than there may be, or one could go for it. */
  #makeRoom(newest: string, most: number): boolean {
    for (const [name, kept] of this.#named) {
      if (this.#named.size <= most) return true;
      if (name === newest || kept.sandbox.inUse) continue;
      this.#evict(name, kept);
      this.#options.log('info', `sandbox ~${name} removed: more than ${most}, and it was unused for longest`);
    }
    return this.#named.size <= most;
  }

  /** Lets those unused for longest go while all of them together take more memory than they may. */
  #makeMemory(newest: string): void {
    const { log } = this.#options;
    const { most } = this.#bound;
    let sum = 0;
    for (const { sandbox } of this.#named.values()) sum += sandbox.bytes;
    const how = 'allow more with --max-sandbox-bytes, or keep less with --journal-size';
    for (const [name, kept] of this.#named) {
      if (sum <= most) break;
      if (name === newest || kept.sandbox.inUse) continue;
      const { bytes } = kept.sandbox;
      this.#evict(name, kept);
      const why = `the sandboxes took about ${formatBytes(sum)}, more than ${formatBytes(most)}, and it was unused for longest`;
      log('warn', `sandbox ~${name} (about ${formatBytes(bytes)}) removed: ${why}; ${how}`);
      sum -= bytes;
    }
    this.#bound.looked(sum);
    const isFull = sum > most;
    if (isFull && !this.#reportedFull) {
      log(
        'warn',
        `the sandboxes take about ${formatBytes(sum)}, more than ${formatBytes(most)}, and each is in use; ${how}`,
      );
    }
    this.#reportedFull = isFull;
  }

  /** Taken out and put back, so that the map's order is the order of use. */
  #use(name: string, kept: EvictionOrder, usedAt: number): void {
    this.#named.delete(name);
    this.#named.set(name, { ...kept, usedAt });
  }

  /** Removes what nobody asked to remove: its verdict is kept. */
  #evict(name: string, kept: EvictionOrder): void {
    this.#earlier.keep(kept.sandbox);
    this.#drop(name, kept);
  }

  #drop(name: string, { sandbox }: EvictionOrder): void {
    this.#named.delete(name);
    sandbox.end();
  }
}

/** Letters, digits, `.`, `_` and `-`, at most 100 of them. */
export function isSandboxName(name: string): boolean {
  return /^[\w.-]{1,100}$/.test(name);
}
