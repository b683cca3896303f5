/**
 * The fuzzer: servers that are started, inputs that are played to them, and what is asked of them all the while and in the end.
 * @module
 */
import { Documents } from './documents.js';
import { type Generator, type Input, shown } from './input.js';
import { controlInputs } from './inputs/control.js';
import { providerInputs } from './inputs/provider.js';
import { brokenOff, pipeline, raw } from './inputs/raw.js';
import { snapshotInputs } from './inputs/snapshot.js';
import { play } from './play.js';
import { type Provider, readProviders } from './providers.js';
import { Random } from './random.js';
import { complaint, responsesIn } from './responses.js';
import { Server, type ServerSpec } from './server.js';

/** Options of `npm run fuzz`, as read from the command line. */
export interface FuzzOptions {
  /** How long inputs are sent; the start of the servers is not included. */
  readonly seconds: number;
  /** Inputs follow from the seed and their number. */
  readonly seed: number;
  /** Greatest number of inputs to send; `Infinity` where only the time ends the run. */
  readonly inputs: number;
  /** Number of the first input. */
  readonly from: number;
  /** The only kind of input. */
  readonly only: string | undefined;
  /** Shows inputs and sends none. */
  readonly show: boolean;
  /** Whether profiles and documents are damaged and validated meanwhile. */
  readonly documents: boolean;
}

/** Which kinds there are, and how often each comes. */
const WEIGHTS = {
  raw: 6,
  pipeline: 5,
  'broken-off': 2,
  control: 8,
  provider: 8,
  faults: 3,
  snapshot: 2,
  sandboxes: 2,
  streams: 2,
} as const;
type Kind = keyof typeof WEIGHTS;

/** Inputs that are played at the same time. */
const AT_ONCE = 24;
/** After so many inputs the servers are looked at, and begin anew. */
const ROUND = 1_500;
const HEALTH_EVERY_MS = 250;
/** A server that is busy for so many seconds before it answers is at fault. */
const MOST_BUSY = 3;
const LONGEST_SETTLING_MS = 60_000;
const MAX_FAILURES = 20;

/** Small bounds are met soon. */
const BOUNDS = [
  '--port',
  '0',
  '--clock',
  '2026-05-12T08:00:00Z',
  '--max-body',
  '65536',
  '--journal-size',
  '500',
  '--max-sandboxes',
  '25',
];

interface Target {
  readonly server: Server;
  readonly generators: Readonly<Record<Kind, Generator>>;
}

interface Failure {
  readonly what: string;
  readonly where: string;
}

/** One run of the fuzzer: it starts the servers, sends inputs to them, checks their health, and prints failures as they occur and a summary at the end. */
export class Fuzzer {
  readonly #providers: readonly Provider[] = readProviders();
  readonly #counts = new Map<string, number>();
  /** By kind: how many answers of each class of statuses came. */
  readonly #answers = new Map<string, Map<string, number>>();
  readonly #failures: Failure[] = [];
  /** By number. */
  readonly #underWay = new Map<number, { readonly server: string; readonly kind: Kind }>();
  #targets: Target[] = [];
  #slowest = 0;
  #longest = 0;

  constructor(readonly options: FuzzOptions) {}

  /** @returns whether nothing went wrong */
  async run(): Promise<boolean> {
    const { seconds, seed } = this.options;
    const started = performance.now();
    this.#targets = await Promise.all(specsOf(this.#providers).map((spec) => this.#start(spec)));
    console.log(
      `mock429 fuzz: seed ${seed}, ${seconds} s, servers: ${this.#targets.map(({ server }) => server.spec.name).join(', ')}`,
    );
    const until = performance.now() + seconds * 1_000;
    let over = false;
    const health = this.#watchHealth(() => over);
    const documents = this.options.documents ? this.#damageDocuments(until) : undefined;
    if (this.options.only !== 'documents') await this.#play(until);
    await documents;
    over = true;
    await health;
    const memory = this.#targets.map(({ server }) => `${server.spec.name} ${server.memory() ?? '?'} MiB`).join(', ');
    await Promise.all(this.#targets.map(({ server }) => server.stop()));
    this.#report((performance.now() - started) / 1_000, memory);
    return this.#failures.length === 0;
  }

  async #play(until: number): Promise<void> {
    let next = this.options.from;
    const end = this.options.from + this.options.inputs;
    const goesOn = () => next < end && performance.now() < until && this.#failures.length < MAX_FAILURES;
    while (goesOn()) {
      const roundEnd = Math.min(end, next + ROUND);
      const lane = async () => {
        while (next < roundEnd && goesOn()) await this.#one(next++);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      for (const target of this.#targets) await this.#settle(target);
    }
  }

  /** An input follows from the seed and its number: of the servers it goes to the next one each time. */
  async #one(number: number): Promise<void> {
    const random = new Random(this.options.seed, number);
    const target = this.#targets[number % this.#targets.length]!;
    const kind = this.#kind(random);
    const input: Input = { kind, ...target.generators[kind](random) };
    if (this.options.show) {
      console.log(
        `${number} ${kind} ${JSON.stringify(input.pieces.map((piece) => piece.length))} ${input.ending}\nprintf '${shown(Buffer.concat(input.pieces))}'`,
      );
      return;
    }
    const { name } = target.server.spec;
    this.#underWay.set(number, { server: name, kind });
    const { received, ended, error } = await play(target.server.port, input);
    const where = () => `${name}, ${this.#place(number, input)}`;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (!ended) this.#fail('a connection did not end in time', where());
    if (error === 'ECONNREFUSED' && target.server.alive) this.#fail('the server takes no connection', where());
    for (const response of responsesIn(received)) {
      this.#answered(kind, response.status);
      const wrong = complaint(response);
      if (wrong !== undefined) this.#fail(wrong, where());
    }
    for (const said of target.server.said.splice(0))
      this.#fail(`the server said: ${said}`, `${where()}\n${this.#suspects(name)}`);
    this.#underWay.delete(number);
    if (!target.server.alive) await this.#restart(number % this.#targets.length);
  }

  #kind(random: Random): Kind {
    const { only } = this.options;
    const drawn = random.weighted(Object.entries(WEIGHTS).map(([kind, weight]) => [weight, kind as Kind] as const));
    if (only === undefined) return drawn;
    if (!Object.hasOwn(WEIGHTS, only))
      throw new Error(
        `--only ${only}: there is no such kind; use one of: ${[...Object.keys(WEIGHTS), 'documents'].join(', ')}`,
      );
    return only as Kind;
  }

  #place(number: number, { kind, pieces, ending }: Input): string {
    const bytes = Buffer.concat(pieces);
    const cuts = pieces.length > 1 ? `, in pieces of ${pieces.map(({ length }) => length).join(' + ')}` : '';
    const text =
      shown(bytes.subarray(0, 1_500)) +
      (bytes.length > 1_500 ? `… (${bytes.length} bytes; --show shows them all)` : '');
    return `input ${number} (${kind}${cuts}, then ${ending}; npm run fuzz -- --seed ${this.options.seed} --from ${number} --inputs 1${this.options.only === undefined ? ' --no-documents' : ` --only ${kind}`})\n    printf '${text}'`;
  }

  #answered(kind: Kind, status: number): void {
    const answers = this.#answers.get(kind) ?? new Map<string, number>();
    const name = `${Math.floor(status / 100)}xx`;
    answers.set(name, (answers.get(name) ?? 0) + 1);
    this.#answers.set(kind, answers);
  }

  /** What a server was doing. */
  #suspects(server: string): string {
    const inputs = [...this.#underWay].filter(([, one]) => one.server === server);
    return `${server} had before it: ${inputs.map(([number, { kind }]) => `${number} (${kind})`).join(', ') || 'nothing'}`;
  }

  /** All clients have gone: what is left is left for good. Then it begins anew. */
  async #settle({ server }: Target): Promise<void> {
    if (!server.alive) return;
    const from = performance.now();
    let left: string[] = [];
    try {
      do {
        left = await this.#left(server);
        if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      } while (left.length > 0 && performance.now() - from < LONGEST_SETTLING_MS);
      for (const what of left) this.#fail(`left behind: ${what}`, `${server.spec.name}, after input ${this.#total()}`);
      const { text } = await server.ask('GET', '/__mock429/sandboxes');
      for (const { name } of JSON.parse(text).sandboxes as { name: string }[])
        await server.ask('DELETE', `/__mock429/sandboxes/${encodeURIComponent(name)}`);
      const { status } = await server.ask('POST', '/__mock429/reset', '{"clock":true,"accounts":true}');
      if (status !== 204) this.#fail(`a reset answers ${status}`, server.spec.name);
    } catch (error) {
      if (server.alive)
        this.#fail(
          `the server cannot be asked how it is: ${(error as Error).message}`,
          `${server.spec.name}, after input ${this.#total()}`,
        );
    }
  }

  async #left(server: Server): Promise<string[]> {
    const found: string[] = [];
    const { text } = await server.ask('GET', '/__mock429/sandboxes');
    const names = (JSON.parse(text).sandboxes as { name: string }[]).map(({ name }) => `/~${name}`);
    for (const place of ['', ...names]) {
      const { text } = await server.ask('GET', `${place}/__mock429/in-flight`);
      const requests = (Object.values(JSON.parse(text))[0] as unknown[]) ?? [];
      if (requests.length > 0)
        found.push(`${requests.length} requests in flight in "${place}": ${JSON.stringify(requests[0])}`);
    }
    // The one that checks its health may have a connection just now.
    const open = server.openSockets();
    if (open !== undefined && open > 2) found.push(`${open} connections`);
    return found;
  }

  async #watchHealth(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      for (const { server } of this.#targets) {
        if (!server.alive || isOver()) continue;
        const before = server.busy() ?? 0;
        const from = performance.now();
        const answer = await server
          .ask('GET', '/__mock429/health')
          .catch((error: Error) => ({ status: 0, text: error.message }));
        const took = performance.now() - from;
        this.#slowest = Math.max(this.#slowest, took);
        if (!server.alive) continue;
        const busy = (server.busy() ?? 0) - before;
        this.#longest = Math.max(this.#longest, busy);
        if (answer.status !== 200)
          this.#fail(`health answers ${answer.status}: ${answer.text}`, this.#suspects(server.spec.name));
        else if (busy > MOST_BUSY)
          this.#fail(`the server was busy with something else for ${busy} s`, this.#suspects(server.spec.name));
      }
      await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS));
    }
  }

  async #damageDocuments(until: number): Promise<void> {
    const documents = new Documents();
    const { seed, from, inputs, only } = this.options;
    const end = only === 'documents' ? from + inputs : Number.POSITIVE_INFINITY;
    for (
      let number = only === 'documents' ? from : 0;
      number < end && performance.now() < until && this.#failures.length < MAX_FAILURES;
      number++
    ) {
      const damaged = documents.make(seed, number);
      const wrong = await documents.check(damaged);
      this.#counts.set('documents', (this.#counts.get('documents') ?? 0) + 1);
      if (wrong !== undefined)
        this.#fail(
          wrong,
          `${damaged.which} of ${damaged.id}: npm run fuzz -- --seed ${seed} --only documents --from ${number} --inputs 1`,
        );
    }
    this.#counts.set('  of which were valid', documents.good);
    documents.close();
  }

  async #start(spec: ServerSpec): Promise<Target> {
    const server = await Server.start(spec, (how) => this.#fail(how, this.#suspects(spec.name)));
    const { text } = await server.ask('GET', '/__mock429/openapi.json');
    await this.#use(server);
    const snapshot = await server.ask('GET', '/__mock429/snapshot?journal=true');
    await server.ask('POST', '/__mock429/reset', '{"clock":true}');
    return {
      server,
      generators: {
        raw,
        pipeline,
        'broken-off': brokenOff,
        provider: providerInputs(this.#providers.filter(({ id }) => spec.profiles.includes(id))),
        snapshot: snapshotInputs(snapshot.text),
        ...controlInputs(JSON.parse(text)),
      },
    };
  }

  /** A few requests of each provider, so that a snapshot has something in it. */
  async #use(server: Server): Promise<void> {
    for (const { id, operations, credentials } of this.#providers) {
      if (!server.spec.profiles.includes(id)) continue;
      const place = server.spec.profiles.length > 1 ? `/${id}` : '';
      const [credential = ''] = credentials;
      for (const { method, path } of operations.slice(0, 8)) {
        const target = place + path.replace(/\{[^}]+\}/g, 'x');
        await play(server.port, {
          pieces: [
            Buffer.from(
              `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${credential}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
            ),
          ],
          ending: 'half',
        });
      }
    }
  }

  async #restart(index: number): Promise<void> {
    const { server } = this.#targets[index]!;
    if (server.alive) return;
    const target = await this.#start(server.spec);
    // Several lanes may have found it dead.
    if (this.#targets[index]!.server === server) this.#targets[index] = target;
    else await target.server.stop();
  }

  #fail(what: string, where: string): void {
    this.#failures.push({ what, where });
    console.log(`\nFAILED: ${what}\n  ${where}`);
  }

  #total(): number {
    return [...this.#counts].reduce((sum, [kind, count]) => (kind.startsWith(' ') ? sum : sum + count), 0);
  }

  #shownAnswers(kind: string): string {
    const answers = [...(this.#answers.get(kind) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return answers.length === 0
      ? ''
      : `   answers: ${answers.map(([name, count]) => `${name} ${count.toLocaleString('en')}`).join(', ')}`;
  }

  #report(seconds: number, memory: string): void {
    console.log('');
    for (const [kind, count] of this.#counts)
      console.log(`  ${kind.padEnd(22)}${count.toLocaleString('en').padStart(9)}${this.#shownAnswers(kind)}`);
    const total = this.#total();
    console.log(
      `  ${'inputs'.padEnd(22)}${total.toLocaleString('en').padStart(9)} in ${Math.round(seconds)} s (${Math.round(total / seconds)}/s)`,
    );
    console.log(
      `  slowest answer to a health check: ${Math.round(this.#slowest)} ms, of which its server was busy for ${Math.round(this.#longest * 1_000)} ms at most; memory at the end: ${memory}`,
    );
    console.log(this.#failures.length === 0 ? 'nothing went wrong' : `${this.#failures.length} FAILED`);
  }
}

function specsOf(providers: readonly Provider[]): ServerSpec[] {
  const all = providers.map(({ id }) => id);
  const waits = ['-e', 'console.log(`url ${process.env.MOCK429_URL}`); process.stdin.resume()'];
  const judged = BOUNDS.slice(2);
  return [
    {
      name: 'all providers',
      args: [...BOUNDS, '--profile', all.join(','), '--trust-proxy', '127.0.0.1'],
      profiles: all,
    },
    { name: 'one provider', args: [...BOUNDS, '--profile', 'klinky'], profiles: ['klinky'] },
    {
      name: 'while judged',
      args: ['run', '--profile', 'full-domination', ...judged, '--verbose', '--', process.execPath, ...waits],
      profiles: ['full-domination'],
    },
  ];
}
