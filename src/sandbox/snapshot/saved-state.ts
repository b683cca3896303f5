/**
 * The state of all sandboxes as one text, for a file that outlives the process. Credentials are unmasked.
 *
 * The text is one JSON document: the edition of each profile, and a snapshot of each sandbox without the journal.
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

/** Is increased when an older version would misread a new file. */
const STATE_VERSION = 1;

/** The result of loading a text. */
export interface LoadedState {
  /** ISO 8601, real time. */
  readonly savedAt: string;
  readonly sandboxes: number;
  /** What did not fit the served profiles: sentences without a full stop, each once. */
  readonly dropped: readonly string[];
}

/** Writes and loads the state of all sandboxes. */
export class SavedState {
  readonly #sandboxes: Sandboxes;
  readonly #plans: Served['plans'];
  readonly #checkFault: CheckFault;
  /** The states of profiles that are not served now, by sandbox. They stay in the file for a later start. */
  #unserved = new WeakMap<Sandbox, Readonly<Record<string, unknown>>>();
  #unservedEditions: Readonly<Record<string, Edition>> = {};
  /** Distinguishes sandboxes that had the same name one after the other. */
  readonly #serials = new WeakMap<Sandbox, number>();
  #serial = 0;

  /** @param plans plan of the default account, by profile */
  constructor(sandboxes: Sandboxes, plans: Served['plans'], checkFault: CheckFault) {
    this.#sandboxes = sandboxes;
    this.#plans = plans;
    this.#checkFault = checkFault;
  }

  /** A text that changes whenever the output of `write` may have changed. */
  get revision(): string {
    return this.#sandboxes
      .all()
      .map((sandbox) => `${sandbox.name}#${this.#serialOf(sandbox)}/${sandbox.revision}`)
      .join(' ');
  }

  /**
   * Writes the text in pieces, one per sandbox. Sandboxes share no state, so they may change between two pieces.
   *
   * @throws RangeError if the state of one sandbox exceeds the maximal length of a string
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
      if (!this.#sandboxes.contains(sandbox)) continue;
      const editions = this.#ownEditions(sandbox);
      const { name } = sandbox;
      const snapshot = sandbox.snapshot();
      const profiles = { ...this.#unserved.get(sandbox), ...snapshot.profiles };
      yield `${separator}${JSON.stringify({ name, ...(editions && { editions }), snapshot: { ...snapshot, profiles } })}`;
      separator = ',\n';
    }
    yield '\n]}\n';
  }

  /**
   * Reads the profiles with the variants that sandboxes of a text had set, so that `load` has them. Whatever is wrong with the text or the variants, `load` reports.
   */
  async prepare(text: string): Promise<void> {
    if (!text.includes('"variants":[')) return;
    const { sandboxes } = (parse(text) ?? {}) as { sandboxes?: unknown };
    for (const one of Array.isArray(sandboxes) ? (sandboxes as unknown[]) : []) {
      try {
        await this.#sandboxes.main.openEditionsOf((one as { snapshot?: unknown } | null)?.snapshot);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    }
  }

  /**
   * Replaces the state of the sandboxes by that of a text. State that no longer fits a changed profile is dropped.
   *
   * @throws Problem if the text is not a state, has a newer version, or is malformed; all sandboxes are reset then
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
    const editions = readEditions(saved);
    const { main } = this.#sandboxes;
    const served = {
      providers: new Map(main.profiles.map((id) => [id, main.servedProvider(id)])),
      plans: this.#plans,
      editionWith: (id: string, variants: readonly string[]) => main.loadedEdition(id, variants),
    };
    const dropped = new Set<string>();
    for (const one of sandboxes.list()) {
      const { name, snapshot, editions: own } = one.fields(['name', 'snapshot'], ['editions']);
      const sandboxName = name.text();
      if (sandboxName !== '' && !isSandboxName(sandboxName))
        name.wrong(`"${sandboxName}" cannot name a sandbox; mend it`);
      const fitted = fitSnapshot(snapshot, new Map([...editions, ...readEditions(own)]), served, (sentence) =>
        dropped.add(sentence),
      );
      const sandbox = this.#sandboxes.get(sandboxName);
      this.#unserved.set(sandbox, fitted.unserved);
      this.#restore(sandbox, fitted.snapshot, dropped);
    }
    this.#unservedEditions = Object.fromEntries([...editions].filter(([id]) => !served.providers.has(id)));
    return { savedAt: savedAt.text(), sandboxes: sandboxes.list().length, dropped: [...dropped] };
  }

  /** Restores one sandbox. If its clock has run out of range while nothing was served, the clock is reset instead of rejecting the file. */
  #restore(sandbox: Sandbox, snapshot: Readonly<Record<string, unknown>>, dropped: Set<string>): void {
    try {
      sandbox.restore(snapshot, this.#checkFault);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'clock-out-of-range')) throw error;
      dropped.add("a clock would have run out of its range; it shows the machine's time now");
      const clock = { mode: 'system', now: null, realNow: null, rate: 1 };
      sandbox.restore({ ...snapshot, clock }, this.#checkFault);
    }
  }

  #editions(): Record<string, Edition> {
    const { main } = this.#sandboxes;
    return Object.fromEntries(main.profiles.map((id) => [id, editionOf(main.servedProvider(id), this.#plans[id])]));
  }

  /** The editions of the profiles whose variants the sandbox has set; `undefined` if it has set none. */
  #ownEditions(sandbox: Sandbox): Record<string, Edition> | undefined {
    const own = sandbox.profiles.filter((id) => sandbox.ownVariants(id) !== undefined);
    if (own.length === 0) return undefined;
    return Object.fromEntries(own.map((id) => [id, editionOf(sandbox.provider(id), this.#plans[id])]));
  }

  #serialOf(sandbox: Sandbox): number {
    const known = this.#serials.get(sandbox);
    if (known !== undefined) return known;
    this.#serial += 1;
    this.#serials.set(sandbox, this.#serial);
    return this.#serial;
  }
}

/** Parses editions by profile; none if there is no node. @throws Problem */
function readEditions(node: Node | undefined): Map<string, Edition> {
  return new Map([...(node?.map() ?? [])].map(([id, edition]) => [id, readEdition(edition)]));
}

/** The error without any quotation of the text, which contains credentials. */
function withoutValues(error: unknown): Problem {
  if (error instanceof Problem && error.field === undefined) return error;
  const where = error instanceof Problem ? error.field : undefined;
  // An error without a path is a stack overflow, for example.
  const detail = where === undefined ? `it cannot be read (${(error as Error).message})` : `${where} is not valid`;
  return new Problem(400, 'bad-state', detail);
}

/** Parses the text and checks its format and version. @throws Problem */
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
    throw new Problem(400, 'bad-state', /end of JSON/.test(message) ? 'it is truncated' : `it is not JSON${where}`);
  }
}
