/**
 * Everything that the sandboxes remember as one text, for a file that outlives the process. Credentials are in it in full.
 *
 * It is one JSON document: what the profiles were when it was written, and a snapshot of each sandbox, without the journal.
 * @module
 */
import { Problem } from '../control/problem.js';
import type { Sandbox } from '../sandbox.js';
import { isSandboxName, type Sandboxes } from '../sandboxes.js';
import { type Edition, editionOf, readEdition } from './edition.js';
import { fitSnapshot, type Served } from './fit.js';
import { SNAPSHOT_FORMAT } from './format.js';
import { Node } from './node.js';
import type { CheckFault } from './read.js';

const STATE_FORMAT = 'mock429-state';

/** Rises when something that is written would be misread by those who know the former version. */
const STATE_VERSION = 1;

/** What came of a text that was loaded. */
export interface LoadedState {
  /** ISO 8601, by the machine's clock. */
  readonly savedAt: string;
  readonly sandboxes: number;
  /** What did not fit what is served now: sentences without a full stop, each once. */
  readonly dropped: readonly string[];
}

export class SavedState {
  readonly #sandboxes: Sandboxes;
  readonly #plans: Served['plans'];
  readonly #checkFault: CheckFault;
  /** What is remembered of profiles that are not served now, by sandbox: another start may serve them. */
  #unserved = new WeakMap<Sandbox, Readonly<Record<string, unknown>>>();
  #unservedEditions: Readonly<Record<string, Edition>> = {};
  /** Tells a sandbox from another one that had the same name before. */
  readonly #serials = new WeakMap<Sandbox, number>();
  #serial = 0;

  /** @param plans plan of the default account, by profile */
  constructor(sandboxes: Sandboxes, plans: Served['plans'], checkFault: CheckFault) {
    this.#sandboxes = sandboxes;
    this.#plans = plans;
    this.#checkFault = checkFault;
  }

  /** Another text whenever what would be written may be another. */
  get revision(): string {
    return this.#sandboxes
      .all()
      .map((sandbox) => `${sandbox.name}#${this.#serialOf(sandbox)}/${sandbox.revision}`)
      .join(' ');
  }

  /**
   * The text in pieces, a sandbox each. Sandboxes have nothing in common, so they may go on between two pieces.
   *
   * @throws RangeError where what one sandbox remembers is more than a string may have
   */
  *write(): Generator<string> {
    const { main } = this.#sandboxes;
    const head = {
      format: STATE_FORMAT,
      version: STATE_VERSION,
      savedAt: new Date(main.clock.real()).toISOString(),
      editions: { ...this.#unservedEditions, ...this.#editions() },
    };
    yield `${JSON.stringify(head).slice(0, -1)},"sandboxes":[`;
    let separator = '\n';
    for (const sandbox of this.#sandboxes.all()) {
      if (!this.#sandboxes.holds(sandbox)) continue;
      const { name } = sandbox;
      const snapshot = sandbox.snapshot();
      const profiles = { ...this.#unserved.get(sandbox), ...snapshot.profiles };
      yield `${separator}${JSON.stringify({ name, snapshot: { ...snapshot, profiles } })}`;
      separator = ',\n';
    }
    yield '\n]}\n';
  }

  /**
   * Puts what the text says in the place of what the sandboxes remember. A profile may have changed since: what does not fit it is left out.
   *
   * @throws Problem where the text is no state, is of a newer version, or is broken; the sandboxes then begin anew
   */
  load(text: string): LoadedState {
    try {
      return this.#load(text);
    } catch (error) {
      for (const { name } of this.#sandboxes.list()) this.#sandboxes.remove(name);
      this.#sandboxes.main.reset({ clock: true, accounts: true });
      this.#unserved = new WeakMap();
      this.#unservedEditions = {};
      throw withoutValues(error);
    }
  }

  #load(text: string): LoadedState {
    const root = rootOf(text);
    const {
      savedAt,
      editions: saved,
      sandboxes,
    } = root.fields(['format', 'version', 'savedAt', 'editions', 'sandboxes']);
    const editions = new Map([...saved.map()].map(([id, edition]) => [id, readEdition(edition)]));
    const { main } = this.#sandboxes;
    const served = {
      providers: new Map(main.profiles.map((id) => [id, main.provider(id)])),
      plans: this.#plans,
    };
    const dropped = new Set<string>();
    for (const one of sandboxes.list()) {
      const { name, snapshot } = one.fields(['name', 'snapshot']);
      const called = name.text();
      if (called !== '' && !isSandboxName(called)) name.wrong(`"${called}" cannot name a sandbox; mend it`);
      const fitted = fitSnapshot(snapshot, editions, served, (sentence) => dropped.add(sentence));
      const sandbox = this.#sandboxes.get(called);
      this.#unserved.set(sandbox, fitted.unserved);
      this.#restore(sandbox, fitted.snapshot, dropped);
    }
    this.#unservedEditions = Object.fromEntries([...editions].filter(([id]) => !served.providers.has(id)));
    return { savedAt: savedAt.text(), sandboxes: sandboxes.list().length, dropped: [...dropped] };
  }

  /** A clock that has gone on while nothing was served may have left what it can show. That is no fault of the file. */
  #restore(sandbox: Sandbox, snapshot: Readonly<Record<string, unknown>>, dropped: Set<string>): void {
    try {
      sandbox.restore(snapshot, this.#checkFault);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'clock-out-of-range')) throw error;
      dropped.add("a clock would have run beyond what it can show; it shows the machine's time now");
      const clock = { mode: 'system', now: null, realNow: null, rate: 1 };
      sandbox.restore({ ...snapshot, clock }, this.#checkFault);
    }
  }

  #editions(): Record<string, Edition> {
    const { main } = this.#sandboxes;
    return Object.fromEntries(main.profiles.map((id) => [id, editionOf(main.provider(id), this.#plans[id])]));
  }

  #serialOf(sandbox: Sandbox): number {
    const known = this.#serials.get(sandbox);
    if (known !== undefined) return known;
    this.#serial += 1;
    this.#serials.set(sandbox, this.#serial);
    return this.#serial;
  }
}

/** What is wrong with a text, in words that quote nothing of it: it holds credentials. */
function withoutValues(error: unknown): Problem {
  if (error instanceof Problem && error.field === undefined) return error;
  const where = error instanceof Problem ? error.field : undefined;
  // Without a place it is a text that is nested too deep, for example.
  const detail =
    where === undefined ? `it cannot be read (${(error as Error).message})` : `${where} is not as it is written`;
  return new Problem(400, 'bad-state', detail);
}

/** @throws Problem where it is no state that can be read */
function rootOf(text: string): Node {
  const value = parse(text);
  const { format, version } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (format === SNAPSHOT_FORMAT) {
    const detail = 'it is a snapshot of one sandbox; restore that with PUT /snapshot';
    throw new Problem(400, 'not-a-state', detail);
  }
  if (format !== STATE_FORMAT) throw new Problem(400, 'not-a-state', `its format is not "${STATE_FORMAT}"`);
  if (version === STATE_VERSION) return new Node(value);
  const newer = Number.isSafeInteger(version) && (version as number) > STATE_VERSION;
  const detail = newer
    ? `it is of version ${version}, and this mock429 reads ${STATE_VERSION}; serve it with a newer mock429`
    : `its version is not ${STATE_VERSION}`;
  throw new Problem(400, newer ? 'newer-version' : 'bad-version', detail);
}

function parse(text: string): unknown {
  if (text.trim() === '') throw new Problem(400, 'bad-state', 'it is empty');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const { message } = error as Error;
    const [, position] = /position (\d+)/.exec(message) ?? [];
    const where = position === undefined ? '' : ` (at position ${position} of ${text.length})`;
    throw new Problem(400, 'bad-state', /end of JSON/.test(message) ? 'it breaks off' : `it is not JSON${where}`);
  }
}
