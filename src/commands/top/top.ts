/**
 * The command `mock429 top`: the live buckets of a running server, redrawn as they change.
 * @module
 */
import { OptionError } from '../../options/options.js';
import type { Io, Screen } from '../terminal/io.js';
import { painter } from '../terminal/paint.js';
import { every } from '../terminal/timers.js';
import { cut } from '../terminal/width.js';
import { bucketSource, type Reading, type ServerAddress, SourceError } from './source.js';
import { ORDERS, type Order, summaryOf, tableLines } from './table.js';

/** Flags of the command. */
export interface TopFlags {
  url: string;
  sandbox?: string;
  token?: string;
  once?: boolean;
  sort: Order;
}

const EVERY_MS = 1_000;
/** Columns where the output is no terminal. */
const PLAIN_COLUMNS = 120;
/** Lines around the buckets: the title, the head of the table and the help. */
const OTHER_LINES = 3;
const HELP = 'q quit  p pause  ←→ sort  ↑↓ scroll';

/** Runs the command. @returns the exit code: 2 if the server does not answer */
export async function top(flags: TopFlags, io: Io): Promise<number> {
  const address: ServerAddress = {
    url: flags.url,
    sandbox: flags.sandbox,
    token: flags.token ?? io.env('MOCK429_CONTROL_TOKEN'),
  };
  const read = bucketSource(address);
  if (!flags.once && !io.openScreen) throw new OptionError('top needs a terminal; --once prints the table to anything');
  try {
    const first = await read();
    if (flags.once) printOnce(first, flags, io);
    else await new LiveTable(await io.openScreen!(), flags, read, first).run(io.stopped);
    return 0;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    io.err(`mock429: ${error.message}\n`);
    return 2;
  }
}

function printOnce({ buckets, now }: Reading, { sort }: TopFlags, io: Io): void {
  const columns = io.columns?.() ?? PLAIN_COLUMNS;
  const paint = painter(io.colours ?? false);
  const lines = tableLines({ buckets, now, order: sort, first: 0, columns, paint });
  io.out(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}

/** The table on a screen, until a key or a signal ends it. */
class LiveTable {
  readonly #screen: Screen;
  readonly #read: () => Promise<Reading>;
  readonly #title: string;
  #reading: Reading;
  #order: Order;
  #first = 0;
  #isPaused = false;
  #isReading = false;
  #problem = '';

  constructor(screen: Screen, { url, sandbox, sort }: TopFlags, read: () => Promise<Reading>, reading: Reading) {
    this.#screen = screen;
    this.#read = read;
    this.#reading = reading;
    this.#order = sort;
    this.#title = `mock429 top  ${new URL(url).origin}${sandbox === undefined ? '' : `/~${sandbox}`}`;
  }

  async run(stopped: Promise<void>): Promise<void> {
    const screen = this.#screen;
    const endTimer = every(EVERY_MS, () => void this.#refresh());
    const endResize = screen.onResize(() => this.#draw());
    try {
      const quit = new Promise<void>((resolve) => {
        screen.onKey((key) => {
          if (key === 'q' || key === 'interrupt') resolve();
          else this.#press(key);
        });
      });
      this.#draw();
      await Promise.race([quit, stopped]);
    } finally {
      endTimer();
      endResize();
      screen.close();
    }
  }

  async #refresh(): Promise<void> {
    if (this.#isPaused || this.#isReading) return;
    this.#isReading = true;
    try {
      this.#reading = await this.#read();
      this.#problem = '';
    } catch (error) {
      // The server may come back.
      this.#problem = (error as Error).message;
    }
    this.#isReading = false;
    this.#draw();
  }

  #press(key: string): void {
    const { rows } = this.#screen.size();
    const page = Math.max(1, rows - OTHER_LINES);
    const step = (by: number) => {
      this.#order = ORDERS[(ORDERS.indexOf(this.#order) + by + ORDERS.length) % ORDERS.length]!;
      this.#first = 0;
    };
    if (key === 'p' || key === ' ') this.#isPaused = !this.#isPaused;
    else if (key === 'right' || key === 's') step(1);
    else if (key === 'left') step(-1);
    else if (key === 'down') this.#first += 1;
    else if (key === 'up') this.#first -= 1;
    else return;
    this.#first = Math.max(0, Math.min(this.#first, this.#reading.buckets.length - page));
    this.#draw();
  }

  #draw(): void {
    const { columns, rows } = this.#screen.size();
    const paint = painter(this.#screen.colours);
    const { buckets, now } = this.#reading;
    const body = Math.max(1, rows - OTHER_LINES);
    const first = Math.max(0, Math.min(this.#first, buckets.length - body));
    const table = tableLines({ buckets, now, order: this.#order, first, columns, rows: body, paint });
    const time = new Date(now).toISOString().slice(11, 19);
    const state = this.#problem || `${summaryOf(buckets)}, by ${this.#order}${this.#isPaused ? ', paused' : ''}`;
    const title = cut(`${this.#title}  ${time}  ${state}`, columns - 1);
    const empty = Array.from({ length: Math.max(0, rows - 2 - table.length) }, () => '');
    const lines = [paint('bold', title), ...table, ...empty, paint('dim', cut(HELP, columns - 1))];
    this.#screen.draw(lines.slice(0, rows));
  }
}
