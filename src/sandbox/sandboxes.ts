/**
 * All sandboxes, by name. The main one (without a name) always exists. Named ones are created at first use, bounded in number and memory, and evicted when
 * unused.
 * @module
 */

import { formatDuration } from '../limits/duration.js';
import type { Provider } from '../profile/compiled/provider.js';
import { nearest } from '../profile/errors.js';
import type { ClockReading } from '../runtime/clock.js';
import { Problem } from './control/problem.js';
import type { Port, SandboxHooks } from './core.js';
import { ByteBound, formatBytes } from './memory/byte-bound.js';
import { Sandbox } from './sandbox.js';
import type { SandboxOptions } from './sandbox-options.js';
import { EvictedVerdicts, type RemovedReport } from './verdict/evicted.js';

/** The options of all sandboxes together. */
export interface SandboxesOptions extends SandboxOptions {
  /** How many named sandboxes there may be before the least recently used is evicted. Default: 1,000. */
  readonly maxSandboxes?: number | undefined;
  /** Estimated bytes of all named sandboxes before the least recently used are evicted. Default: half of the heap limit. */
  readonly maxSandboxBytes?: number | undefined;
  /** Real milliseconds after which an unused sandbox is evicted. Default: one hour. */
  readonly idleMs?: number | undefined;
  /** Whether idle sandboxes may be evicted now. Default: at any use of any sandbox. */
  readonly mayEvict?: (() => boolean) | undefined;
}

/** A named sandbox with the times that eviction needs. */
interface NamedSandbox {
  readonly sandbox: Sandbox;
  /** Real epoch ms. */
  readonly madeAt: number;
  readonly usedAt: number;
}

/** When a named sandbox was created and last used: real epoch ms. */
export interface SandboxTimes {
  readonly name: string;
  readonly madeAt: number;
  readonly usedAt: number;
}

/** A sandbox as the control API lists it. */
export interface SandboxInfo {
  readonly name: string;
  /** ISO 8601, in real time. */
  readonly madeAt: string;
  readonly usedAt: string;
  /** Requests to providers since it was created, across resets. */
  readonly requests: number;
  /** Estimated bytes of memory. */
  readonly bytes: number;
  readonly clock: ClockReading;
}

/** The sandboxes of one mock. */
export class Sandboxes {
  readonly main: Sandbox;
  /** Functions that all sandboxes call. */
  readonly hooks: SandboxHooks;
  /** In the order of last use. */
  readonly #named = new Map<string, NamedSandbox>();
  readonly #bound: ByteBound;
  /** Verdicts on evicted sandboxes; empty if clients are not judged. */
  readonly #evictedVerdicts = new EvictedVerdicts();
  /** Whether the log already says that the memory bound is exceeded while every sandbox is in use. */
  #reportedFull = false;
  #options: SandboxesOptions;

  constructor(options: SandboxesOptions) {
    this.hooks = options.hooks ?? {};
    this.#options = { ...options, hooks: this.hooks };
    this.#bound = new ByteBound(options.maxSandboxBytes);
    this.main = new Sandbox('', this.#options);
  }

  /**
   * The sandbox with a name, created if it does not exist.
   *
   * @param port the connection of the request to answer; the sandbox is in use until the response has been sent
   */
  get(name: string, port?: Port): Sandbox {
    if (name === '' && this.#named.size === 0) return this.main;
    const now = this.main.clock.real();
    this.#expire(now);
    if (name === '') return this.main;
    const known = this.#named.get(name);
    const entry = known ?? { sandbox: this.#create(name), madeAt: now, usedAt: now };
    this.#use(name, entry, now);
    if (port) entry.sandbox.markInUse(port);
    const { maxSandboxes = 1_000, log } = this.#options;
    if (!this.#enforceCount(name, maxSandboxes) && !known)
      log('warn', `there are ${this.#named.size} sandboxes, more than ${maxSandboxes}, and each is in use`);
    if (this.#bound.isDue(!known)) this.#enforceBytes(name);
    return entry.sandbox;
  }

  /** The sandbox with a name, if it exists. Does not count as a use. */
  peek(name: string): Sandbox | undefined {
    return name === '' ? this.main : this.#named.get(name)?.sandbox;
  }

  /** The names and times of the named sandboxes, least recently used first, for `load`. */
  dump(): SandboxTimes[] {
    return [...this.#named].map(([name, { madeAt, usedAt }]) => ({ name, madeAt, usedAt }));
  }

  /** Replaces all sandboxes by new ones. */
  load(named: readonly SandboxTimes[]): void {
    for (const [name, entry] of [...this.#named]) this.#drop(name, entry);
    this.main.reset({ clock: true, accounts: true, profiles: true });
    for (const { name, madeAt, usedAt } of named)
      this.#named.set(name, { sandbox: this.#create(name), madeAt, usedAt });
  }

  /** Whether a sandbox exists. The main one always does. */
  has(name: string): boolean {
    if (name === '') return true;
    this.#expire(this.main.clock.real());
    return this.#named.has(name);
  }

  /** Why a name is refused: the name of a sandbox appears in the log, the journal and request ids, so it must not be a credential. */
  refusal(name: string): Problem | undefined {
    const { secrets } = this.main;
    if (this.has(name) || !secrets.isIn(name)) return undefined;
    const detail = `"${secrets.target(name)}" looks like a credential, and a sandbox's name is shown; choose another`;
    return new Problem(404, 'secret-sandbox-name', detail);
  }

  /** Prefixes log lines with the name, because several sandboxes log at the same time. */
  #create(name: string): Sandbox {
    const { log, judgeWith } = this.#options;
    const earlier = this.#evictedVerdicts.take(name);
    return new Sandbox(name, {
      ...this.#options,
      judgeWith: judgeWith && ((sandbox) => judgeWith(sandbox, earlier)),
      mayGrow: (bytes) => this.#bound.grew(bytes),
      log: (level, message, topic) => log(level, `~${name} ${message}`, topic),
    });
  }

  /** All sandboxes: the main one first, the others in the order of last use. Does not count as a use. */
  all(): Sandbox[] {
    return [this.main, ...[...this.#named.values()].map(({ sandbox }) => sandbox)];
  }

  /** Whether a sandbox has not been removed. */
  contains(sandbox: Sandbox): boolean {
    return sandbox === this.main || this.#named.get(sandbox.name)?.sandbox === sandbox;
  }

  /** The named sandboxes, least recently used first. */
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

  /** Final reports of evicted sandboxes whose names have not been used again. */
  removedReports(): RemovedReport[] {
    this.#expire(this.main.clock.real());
    return this.#evictedVerdicts.list();
  }

  /** Removes a sandbox; requests that wait in it end at once. @throws Problem if there is none with that name */
  remove(name: string): void {
    const entry = this.#named.get(name);
    this.#evictedVerdicts.take(name);
    if (!entry) {
      const near = nearest(name, this.#named.keys());
      const fix = near === undefined ? 'GET /sandboxes lists those there are' : `did you mean "${near}"?`;
      throw new Problem(404, 'unknown-sandbox', `there is no sandbox "${name}"; ${fix}`, 'name');
    }
    this.#drop(name, entry);
  }

  /** The lists of variants that sandboxes have for a profile in place of those of the server, each once. */
  ownVariants(profile: string): (readonly string[])[] {
    const lists = this.all().flatMap((sandbox) => {
      const variants = sandbox.ownVariants(profile);
      return variants === undefined ? [] : [variants];
    });
    return [...new Map(lists.map((list) => [list.join(), list])).values()];
  }

  /**
   * Serves a new edition of the provider with the same id, in all current and future sandboxes.
   *
   * @param editionWith returns the new edition with the variants that a sandbox has; `undefined` where it cannot have them
   */
  replaceProvider(
    provider: Provider,
    editionWith: (variants: readonly string[]) => Provider | undefined = () => undefined,
  ): void {
    const providers = this.#options.providers.map((one) => (one.id === provider.id ? provider : one));
    this.#options = { ...this.#options, providers };
    for (const sandbox of this.all()) {
      const variants = sandbox.ownVariants(provider.id);
      sandbox.replaceProvider(provider, variants && editionWith(variants));
    }
  }

  /** Closes all sandboxes. */
  async close(): Promise<void> {
    await Promise.all(this.all().map((sandbox) => sandbox.close()));
  }

  /** Evicts sandboxes that have been unused for `idleMs`. One with an open request or listener counts as used now. */
  #expire(now: number): void {
    const { idleMs = 3_600_000, log, mayEvict } = this.#options;
    if (mayEvict?.() === false) return;
    for (const [name, entry] of this.#named) {
      if (now - entry.usedAt < idleMs) break;
      if (entry.sandbox.inUse) {
        this.#use(name, entry, now);
      } else {
        this.#evict(name, entry);
        log('info', `sandbox ~${name} removed: unused for ${formatDuration(idleMs)}`);
      }
    }
  }

  /** Evicts the least recently used sandboxes above the maximum. @returns whether the number is within it now */
  #enforceCount(newest: string, max: number): boolean {
    for (const [name, entry] of this.#named) {
      if (this.#named.size <= max) return true;
      if (name === newest || entry.sandbox.inUse) continue;
      this.#evict(name, entry);
      this.#options.log('info', `sandbox ~${name} removed: more than ${max}, and it was unused for longest`);
    }
    return this.#named.size <= max;
  }

  /** Evicts the least recently used sandboxes while all of them together exceed the memory bound. */
  #enforceBytes(newest: string): void {
    const { log } = this.#options;
    const { max } = this.#bound;
    let sum = 0;
    for (const { sandbox } of this.#named.values()) sum += sandbox.bytes;
    const how = 'allow more with --max-sandbox-bytes, or keep less with --journal-size';
    for (const [name, entry] of this.#named) {
      if (sum <= max) break;
      if (name === newest || entry.sandbox.inUse) continue;
      const { bytes } = entry.sandbox;
      this.#evict(name, entry);
      const why = `the sandboxes took about ${formatBytes(sum)}, more than ${formatBytes(max)}, and it was unused for longest`;
      log('warn', `sandbox ~${name} (about ${formatBytes(bytes)}) removed: ${why}; ${how}`);
      sum -= bytes;
    }
    this.#bound.measured(sum);
    const isFull = sum > max;
    if (isFull && !this.#reportedFull) {
      log(
        'warn',
        `the sandboxes take about ${formatBytes(sum)}, more than ${formatBytes(max)}, and each is in use; ${how}`,
      );
    }
    this.#reportedFull = isFull;
  }

  /** Deletes and re-inserts the entry, so that the map stays in the order of last use. */
  #use(name: string, entry: NamedSandbox, usedAt: number): void {
    this.#named.delete(name);
    this.#named.set(name, { ...entry, usedAt });
  }

  /** Removes a sandbox that the mock chose to evict, and stores its verdict. */
  #evict(name: string, entry: NamedSandbox): void {
    this.#evictedVerdicts.store(entry.sandbox);
    this.#drop(name, entry);
  }

  #drop(name: string, { sandbox }: NamedSandbox): void {
    this.#named.delete(name);
    sandbox.end();
  }
}

/** Whether a name is valid: 1 to 100 letters, digits, `.`, `_` and `-`. */
export function isSandboxName(name: string): boolean {
  return /^[\w.-]{1,100}$/.test(name);
}
