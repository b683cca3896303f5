/**
 * The state of the page, and everything that changes it: ticks of the sandbox, reads of the control API, and what the person does.
 * @module
 */
import { type Api, ApiError } from './api.js';
import type { Change } from './change.js';
import { type Connection, Live } from './live.js';
import { Poll } from './poll.js';
import { addEntries, initialState, type State, type Tab } from './state.js';
import type {
  Account,
  ClockReading,
  Explanation,
  Fault,
  InFlightRequest,
  JournalEntry,
  ProfileView,
  QuotaList,
  Report,
  SandboxInfo,
  Tick,
} from './types.js';
import type { Usage } from './usage.js';

/** Above this many requests a second, the verdict is only asked for where it is shown: judging reads the whole journal. */
const BUSY_RATE = 200;

/** The time over which the rate is computed, in milliseconds. */
const RATE_MS = 2_000;

/** How often sections that show no countdown are read again while the clock runs, in milliseconds. */
const READ_AGAIN_MS = 5_000;

/** Changes that the page remembers. */
const MAX_CHANGES = 20;

type PollName = 'quotas' | 'report' | 'quietReport' | 'usage' | 'controls';

/** The store. */
export class Store {
  readonly state: State = initialState();
  readonly #listeners = new Set<() => void>();
  readonly api: Api;
  readonly #live: Live;
  readonly #polls: Readonly<Record<PollName, Poll>>;
  #isNotifying = false;
  /** When the state was last shown, by the page's own clock. */
  shownAt = 0;
  /** Instants of the page's own clock, and totals, of the last ticks. */
  #samples: { at: number; requests: number }[] = [];
  #readAgainAt = 0;

  constructor(api: Api) {
    this.api = api;
    api.onTokenNeeded = () => this.set({ isTokenNeeded: true });
    this.#polls = {
      quotas: new Poll(() => this.#read(this.#readQuotas), { least: 400, share: 30 }),
      report: new Poll(() => this.#read(this.#readReport), { least: 1_000, share: 20 }),
      quietReport: new Poll(() => this.#read(this.#readReport), { least: 2_000, share: 50 }),
      usage: new Poll(() => this.#read(this.#readUsage), { least: 1_000, share: 20 }),
      controls: new Poll(() => this.#read(this.#readControls), { least: 1_000, share: 20 }),
    };
    this.#live = new Live(api, {
      tick: (tick) => this.#tick(tick),
      connection: (connection, detail = '') => this.#connection(connection, detail),
    });
    void this.#read(this.#readServer);
    this.refresh();
  }

  /** Calls the listener after the state has changed, at most once per frame. @returns a function that stops it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes the state. */
  set(change: Partial<State>): void {
    Object.assign(this.state, change);
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    const notify = () => {
      if (!this.#isNotifying) return;
      this.#isNotifying = false;
      this.shownAt = performance.now();
      for (const listener of [...this.#listeners]) listener();
    };
    requestAnimationFrame(notify);
    // A page in the background gets no frames.
    setTimeout(notify, 200);
  }

  /** The time of the sandbox's clock, epoch ms. While the clock runs it is computed from the last reading. */
  now(): number {
    const { clock } = this.state;
    if (clock === undefined) return Date.now();
    const { reading, readAt } = clock;
    return reading.mode === 'frozen' ? reading.epochMs : reading.epochMs + (performance.now() - readAt) * reading.rate;
  }

  /** Shows a section, and reads what it needs. */
  show(tab: Tab): void {
    this.set({ tab });
    this.refresh();
  }

  /** Reads everything that the section shows, at once. */
  refresh(): void {
    for (const name of this.#wanted()) this.#polls[name].now();
  }

  /** Makes a change, remembers it, and reads what it may have changed. @returns whether the server took it */
  async make(change: Change, said = ''): Promise<boolean> {
    const { sandbox } = this.api;
    let error: string | undefined;
    try {
      const answer = await this.api.change(change);
      // A call of the clock answers with its reading, which need not wait for the next tick.
      if (change.path.startsWith('/clock'))
        this.set({ clock: { reading: answer as ClockReading, readAt: performance.now() } });
    } catch (reason) {
      error = (reason as Error).message;
    }
    const changes = [{ change, sandbox, error }, ...this.state.changes].slice(0, MAX_CHANGES);
    this.set({ changes, announcement: error === undefined ? said : `Refused: ${error}` });
    if (error !== undefined) return false;
    this.refresh();
    void this.#read(this.#readServer);
    return true;
  }

  /** Opens the explanation of a request. @param siblings the requests between which the panel can switch */
  async explain(id: string, siblings: readonly string[] = [id]): Promise<void> {
    this.set({ explanation: { id, siblings } });
    try {
      const value = await this.api.get<Explanation>(`/explain?request=${encodeURIComponent(id)}`);
      if (this.state.explanation?.id === id) this.set({ explanation: { id, siblings, value } });
    } catch (error) {
      if (this.state.explanation?.id === id)
        this.set({ explanation: { id, siblings, error: (error as Error).message } });
    }
  }

  /** The entries of these requests, read where the page does not have them. Those that the journal no longer has are left out. */
  async find(ids: readonly string[]): Promise<JournalEntry[]> {
    const found: JournalEntry[] = [];
    for (const id of ids) {
      const known = this.state.entries.get(id);
      if (known) {
        found.push(known);
        continue;
      }
      try {
        found.push((await this.api.get<Explanation>(`/explain?request=${encodeURIComponent(id)}`)).request);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    }
    addEntries(this.state.entries, found);
    return found;
  }

  /** Stops or continues the timeline. */
  setPaused(isPaused: boolean): void {
    if (!isPaused) {
      addEntries(this.state.entries, this.state.held);
      this.set({ isPaused, view: undefined, held: [] });
    } else this.set({ isPaused });
  }

  /** Uses a token, and connects again. */
  useToken(token: string): void {
    this.api.setToken(token);
    this.set({ isTokenNeeded: false });
    this.#live.restart();
    void this.#read(this.#readServer);
    this.refresh();
  }

  #connection(connection: Connection, connectionDetail: string): void {
    const was = this.state.connection;
    this.set({ connection, connectionDetail });
    if (connection === 'lost' && was === 'live') this.set({ announcement: 'Connection lost; trying again' });
    if (connection === 'live' && was !== 'live') {
      void this.#read(this.#readServer);
      this.refresh();
    }
  }

  #tick(tick: Tick): void {
    const { state } = this;
    const at = performance.now();
    if (tick.events.some(({ type }) => type === 'reset')) {
      state.entries.clear();
      state.held = [];
      state.omitted = 0;
      state.highlighted = new Set();
    }
    if (state.isPaused) state.held = [...state.held, ...tick.entries].slice(-2_000);
    else addEntries(state.entries, tick.entries);
    const { requests } = tick.total;
    this.#samples = [...this.#samples.filter((sample) => at - sample.at < RATE_MS), { at, requests }];
    const [first] = this.#samples;
    const rate = first!.at === at ? 0 : ((requests - first!.requests) * 1_000) / (at - first!.at);
    this.set({
      clock: { reading: tick.clock, readAt: at },
      total: tick.total,
      omitted: state.omitted + tick.omitted,
      rate: Math.max(0, rate),
    });
    for (const name of this.#wanted()) this.#polls[name].want();
  }

  /** Time alone changes some of what is shown. While the clock runs, this reads it again; it is called a few times a second. */
  passTime(): void {
    const at = performance.now();
    // Ticks come only when something happens.
    if (this.state.rate !== 0 && at - (this.#samples.at(-1)?.at ?? 0) > RATE_MS) this.set({ rate: 0 });
    if (this.state.clock === undefined || this.state.clock.reading.mode === 'frozen') return;
    const now = this.now();
    if (this.state.tab === 'live') {
      const isOver = this.state.quotas.some(({ resetAt }) => resetAt !== null && Date.parse(resetAt) <= now);
      if (isOver) this.#polls.quotas.want();
    } else if (at - this.#readAgainAt >= READ_AGAIN_MS) {
      this.#readAgainAt = at;
      for (const name of this.#wanted()) this.#polls[name].want();
    }
  }

  #wanted(): readonly PollName[] {
    const { tab, rate } = this.state;
    if (tab === 'verdict') return ['report'];
    if (tab === 'usage') return ['usage'];
    if (tab === 'controls') return ['controls', 'quotas'];
    if (tab === 'providers') return [];
    return rate < BUSY_RATE ? ['quotas', 'quietReport'] : ['quotas'];
  }

  /** Runs a read. An error is shown with the connection, and the next tick tries again. */
  async #read(read: () => Promise<void>): Promise<void> {
    try {
      await read.call(this);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return;
      this.set({ connectionDetail: (error as Error).message });
    }
  }

  async #readServer(): Promise<void> {
    const [{ version }, { profiles }, reading, { sandboxes }] = await Promise.all([
      this.api.get<{ version: string }>('/health', ''),
      this.api.get<{ profiles: readonly ProfileView[] }>('/profiles'),
      this.api.get<ClockReading>('/clock'),
      this.api.get<{ sandboxes: readonly SandboxInfo[] }>('/sandboxes'),
    ]);
    this.set({ version, profiles, sandboxes, clock: { reading, readAt: performance.now() } });
  }

  async #readQuotas(): Promise<void> {
    const { quotas, total } = await this.api.get<QuotaList>(`/quotas?sort=nearest&limit=${this.state.quotaLimit}`);
    this.set({ quotas, quotaTotal: total });
  }

  async #readReport(): Promise<void> {
    this.set({ report: await this.api.get<Report>('/report?format=json') });
  }

  async #readUsage(): Promise<void> {
    this.set({ usage: await this.api.get<Usage>('/usage') });
  }

  async #readControls(): Promise<void> {
    const ids = this.state.profiles.map(({ id }) => id);
    const [{ faults }, { inFlight }, ...accounts] = await Promise.all([
      this.api.get<{ faults: readonly Fault[] }>('/faults'),
      this.api.get<{ inFlight: readonly InFlightRequest[] }>('/in-flight'),
      ...ids.map((id) => this.api.get<{ accounts: readonly Account[] }>(`/accounts/${encodeURIComponent(id)}`)),
    ]);
    this.set({ faults, inFlight, accounts: new Map(ids.map((id, i) => [id, accounts[i]!.accounts])) });
  }
}
