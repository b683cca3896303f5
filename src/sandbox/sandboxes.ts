/**
 * The sandboxes by name. The one without a name is always there; others are made at first use, are bounded in number, and go when nobody uses them.
 * @module
 */
import { Sandbox, type SandboxOptions } from './sandbox.js';

export interface SandboxesOptions extends SandboxOptions {
  /** More than this many named ones, and the one unused for longest goes; 1,000 when left out. */
  readonly maxSandboxes?: number | undefined;
  /** Real milliseconds after which an unused one may go; an hour when left out. */
  readonly idleMs?: number | undefined;
}

export class Sandboxes {
  readonly main: Sandbox;
  readonly #named = new Map<string, { sandbox: Sandbox; usedAt: number }>();
  readonly #options: SandboxesOptions;

  constructor(options: SandboxesOptions) {
    this.#options = options;
    this.main = new Sandbox('', options);
  }

  /** The sandbox of that name, made if there is none. */
  get(name: string): Sandbox {
    if (name === '') return this.main;
    const usedAt = this.main.clock.real();
    const known = this.#named.get(name);
    const sandbox = known?.sandbox ?? new Sandbox(name, this.#options);
    // Taken out and put back, so that the map's order is the order of use.
    this.#named.delete(name);
    this.#named.set(name, { sandbox, usedAt });
    this.#evict(usedAt);
    return sandbox;
  }

  /** Names, the one unused for longest first. */
  names(): string[] {
    return [...this.#named.keys()];
  }

  /** Whether there was one of that name. */
  delete(name: string): boolean {
    const known = this.#named.get(name);
    if (!known) return false;
    this.#named.delete(name);
    known.sandbox.reset();
    known.sandbox.clock.stop();
    return true;
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.main, ...[...this.#named.values()].map(({ sandbox }) => sandbox)].map((sandbox) => sandbox.close()),
    );
  }

  #evict(now: number): void {
    const { maxSandboxes = 1_000, idleMs = 3_600_000, log } = this.#options;
    for (const [name, { usedAt }] of this.#named) {
      const full = this.#named.size > maxSandboxes;
      if (!full && now - usedAt < idleMs) break;
      this.delete(name);
      log(
        'info',
        full
          ? `sandbox ~${name} removed: more than ${maxSandboxes} are in use`
          : `sandbox ~${name} removed: unused for long`,
      );
    }
  }
}

/** Letters, digits, `.`, `_` and `-`, at most 100 of them. */
export function isSandboxName(name: string): boolean {
  return /^[\w.-]{1,100}$/.test(name);
}
