/**
 * The state of the page, and everything that changes it: ticks of the sandbox, reads of the control API, and what the person does.
 * @module
 */
import { type Api, ApiError } from './api.js';
import type { Change } from './change.js';
import { addEntries, dropBefore, dropOverwritten, isOverwritten, rememberRows, requestNumber } from './entries.js';
import { type Connection, Live } from './live.js';
import { Poll } from './poll.js';
import { initialState, jobKind, type State, type Tab } from './state.js';
import { Traffic } from './traffic.js';
import type {
  Account,
  ClockReading,
  Explanation,
  Fault,
  InFlightRequest,
  Job,
  JobDefaults,
  JournalEntry,
  ProfileView,
  QuotaList,
  Report,
  SandboxInfo,
  Tick,
  Usage,
  WebhookDelivery,
  WebhookEndpoint,
} from './types.js';

/**
 * The traffic has ended when no tick has come in so many calls of `passTime` in a row, and the server answers; after heavy traffic in more of them.
 * Calls are counted, not time: on a machine that is short of processors, the page may be late with a tick.
 */
const SETTLED_CALLS = { usual: 4, busy: 12 } as const;

/** So many calls of `passTime` after an answer of the server, a tick that was due has come. */
const CONFIRMED_CALLS = 2;

/**
 * How often each part is read. Judging reads the whole journal, which takes the server up to a second, so the verdict is read most often where it is shown, and under
 * heavy traffic only there.
 */
const PACES = {
  quotas: { usual: { least: 400, share: 30, most: 5_000 }, busy: { least: 1_500, share: 60, most: 5_000 } },
  report: {
    shown: { least: 1_000, share: 20 },
    busy: { least: 10_000, share: 20 },
    quiet: { least: 2_000, share: 50 },
    settled: { least: 1_000, share: 5 },
  },
  others: { least: 1_000, share: 20 },
} as const;

/** So long after its beginning the rate of the traffic is known, in milliseconds. */
const RATE_KNOWN_MS = 1_000;

/** How often sections that show no countdown are read again while the clock runs, in milliseconds. */
const READ_AGAIN_MS = 5_000;

/** Changes that the page remembers. */
const MAX_CHANGES = 20;

type PollName = 'quotas' | 'report' | 'usage' | 'controls';

/** The store. */
export class Store {
  readonly state: State = initialState();
  readonly #listeners = new Set<() => void>();
  readonly api: Api;
  readonly #live: Live;
  readonly #polls: Readonly<Record<PollName, Poll>>;
  #isNotifying = false;
  readonly #traffic = new Traffic();
  /** When the state was last shown, by the page's own clock. */
  shownAt = 0;
  /** Calls of `passTime` since the last tick, and whether that came under heavy traffic. */
  #quietCalls = 0;
  #wasBusy = false;
  /** Whether the server has answered since. */
  #isConfirmed = false;
  /** Whether something happened since the verdict was read. */
  #isReportOld = false;
  #readAgainAt = 0;
  /** The id of the first request that the journal had at the last tick. */
  #first = 0;

  constructor(api: Api) {
    this.api = api;
    api.onTokenNeeded = () => this.set({ isTokenNeeded: true });
    this.#polls = {
      quotas: new Poll(
        () => this.#read(this.#readQuotas),
        () => (this.isBusy ? PACES.quotas.busy : PACES.quotas.usual),
      ),
      report: new Poll(
        () => this.#read(this.#readReport),
        () => PACES.report[this.#reportPace()],
      ),
      usage: new Poll(
        () => this.#read(this.#readUsage),
        () => PACES.others,
      ),
      controls: new Poll(
        () => this.#read(this.#readControls),
        () => PACES.others,
      ),
    };
    this.#live = new Live(api, {
      tick: (tick, isFirst) => this.#tick(tick, isFirst),
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

  /** Whether so many requests arrive that the page must leave the machine to the server. */
  get isBusy(): boolean {
    return this.#traffic.isHeavy;
  }

  /** Whether the verdict is older than the newest requests, and stays so until fewer of them arrive. */
  get isReportBehind(): boolean {
    return this.isBusy && this.#isReportOld;
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

  /** Connects again to a sandbox that was removed, which makes it anew. */
  comeBack(): void {
    this.set({ connection: 'connecting' });
    this.#live.restart();
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
    // A read that is still wanted would fail, or make a sandbox anew that was removed. A new connection reads everything.
    if (connection === 'lost' || connection === 'gone') for (const poll of Object.values(this.#polls)) poll.cancel();
    if (connection === 'gone') this.set({ announcement: 'This sandbox was removed' });
    if (connection === 'live' && was !== 'live') {
      void this.#read(this.#readServer);
      this.refresh();
    }
  }

  #tick(tick: Tick, isFirst: boolean): void {
    const { state } = this;
    const at = performance.now();
    if (isFirst) this.#first = 0;
    if (isFirst || tick.first !== this.#first) {
      // Those before were forgotten by a reset, or belong to an earlier server.
      dropBefore(state.entries, isFirst ? Number.POSITIVE_INFINITY : tick.first);
      state.held = isFirst ? [] : state.held.filter(({ id }) => requestNumber(id) >= tick.first);
      state.omitted = 0;
      state.highlighted = new Set();
      this.#first = tick.first;
    }
    rememberRows(tick.entries, tick.rows);
    if (state.isPaused && !isFirst) state.held = [...state.held, ...tick.entries].slice(-2_000);
    else addEntries(state.entries, tick.entries);
    // What the journal no longer has cannot be explained.
    dropOverwritten(state.entries, tick.oldest);
    state.held = state.held.filter((entry) => !isOverwritten(entry, tick.oldest));
    this.#isReportOld = true;
    const rate = this.#traffic.add(at, tick.total.requests, isFirst);
    this.#quietCalls = 0;
    this.#isConfirmed = false;
    this.#wasBusy = this.#traffic.isHeavy;
    this.set({
      clock: { reading: tick.clock, readAt: at },
      total: tick.total,
      omitted: state.omitted + tick.omitted,
      rate,
    });
    // How heavy the traffic is shows after a while. If it ends before, `passTime` asks for the verdict.
    const isRateKnown = at - this.#traffic.since >= RATE_KNOWN_MS;
    const wanted = this.#wanted().filter((name) => isRateKnown || name !== 'report' || this.state.tab === 'verdict');
    for (const name of wanted) this.#polls[name].want();
    // A read that was asked for after the traffic before would now fall into this one.
    if (!wanted.includes('report')) this.#polls.report.cancel();
  }

  /** Time alone changes some of what is shown. While the clock runs, this reads it again; it is called a few times a second. */
  passTime(): void {
    const at = performance.now();
    this.#quietCalls += 1;
    // Ticks come only when something happens.
    if (this.state.rate !== 0 && this.#traffic.hasEnded(at)) this.set({ rate: 0 });
    // The verdict must be right when the traffic has ended, and no other tick will ask for it.
    if (this.#isReportOld && this.#showsReport() && this.#isSettled()) {
      if (this.#isConfirmed) this.#polls.report.want();
      else void this.#read(this.#confirm);
    }
    const { clock, connection } = this.state;
    if (clock === undefined || clock.reading.mode === 'frozen' || connection === 'lost' || connection === 'gone')
      return;
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
    const { tab, connection } = this.state;
    if (connection === 'lost' || connection === 'gone') return [];
    if (tab === 'verdict') return ['report'];
    if (tab === 'usage') return ['usage'];
    if (tab === 'controls') return ['controls', 'quotas'];
    if (tab === 'providers') return [];
    return this.isBusy ? ['quotas'] : ['quotas', 'report'];
  }

  /** Whether the traffic has ended. */
  #isSettled(): boolean {
    return this.#quietCalls >= (this.#wasBusy ? SETTLED_CALLS.busy : SETTLED_CALLS.usual);
  }

  /** Makes sure that no tick came because nothing happened, and not because the server is late: it answers, and no tick comes with the answer. */
  async #confirm(): Promise<void> {
    this.#quietCalls = Number.NEGATIVE_INFINITY;
    try {
      await this.api.get<ClockReading>('/clock');
      this.#isConfirmed = true;
    } finally {
      this.#quietCalls = (this.#wasBusy ? SETTLED_CALLS.busy : SETTLED_CALLS.usual) - CONFIRMED_CALLS;
    }
  }

  /** Whether the connection is live, and the section shows the verdict or a badge that is kept current. */
  #showsReport(): boolean {
    const { tab, connection } = this.state;
    return connection === 'live' && (tab === 'live' || tab === 'verdict');
  }

  #reportPace(): keyof typeof PACES.report {
    if (this.#isSettled()) return 'settled';
    if (this.isBusy) return 'busy';
    return this.state.tab === 'verdict' ? 'shown' : 'quiet';
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
    this.#isReportOld = false;
    try {
      const report = await this.api.get<Report>('/report?format=json');
      this.set({ report, reportAt: this.now() });
    } catch (error) {
      this.#isReportOld = true;
      throw error;
    }
  }

  async #readUsage(): Promise<void> {
    this.set({ usage: await this.api.get<Usage>('/usage') });
  }

  async #readControls(): Promise<void> {
    const ids = this.state.profiles.map(({ id }) => id);
    const each = <T>(path: (id: string) => string) =>
      Promise.all(ids.map((id) => this.api.get<T>(path(encodeURIComponent(id)))));
    const [{ faults }, { inFlight }, { jobs }, { endpoints }, { deliveries }, accounts, jobDefaults] =
      await Promise.all([
        this.api.get<{ faults: readonly Fault[] }>('/faults'),
        this.api.get<{ inFlight: readonly InFlightRequest[] }>('/in-flight'),
        this.api.get<{ jobs: readonly Job[] }>('/jobs'),
        this.api.get<{ endpoints: readonly WebhookEndpoint[] }>('/webhooks'),
        this.api.get<{ deliveries: readonly WebhookDelivery[] }>('/webhooks/deliveries'),
        each<{ accounts: readonly Account[] }>((id) => `/accounts/${id}`),
        each<JobDefaults>((id) => `/profiles/${id}/jobs`),
      ]);
    this.set({
      faults,
      inFlight,
      jobs,
      endpoints,
      deliveries,
      accounts: new Map(ids.map((id, i) => [id, accounts[i]!.accounts])),
      jobEnds: new Map(
        jobDefaults.flatMap(({ profile, collections }) =>
          collections.map(({ collection, ends }) => [jobKind({ profile, collection }), ends] as const),
        ),
      ),
    });
  }
}
