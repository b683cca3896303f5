/**
 * The log of answered requests. As text it writes a bounded number of lines a second and sums up the rest, so that a load test is not slowed by the terminal.
 * @module
 */
import type { JournalEntry } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import { type Paint, painter } from '../terminal/paint.js';
import { count } from '../terminal/text.js';
import { after } from '../terminal/timers.js';
import { safe } from '../terminal/width.js';
import { asciiJson, jsonLine, type LineSettings, textLine } from './request-line.js';

/** A format of the log; `none`: no line per request. */
export type LogFormat = 'text' | 'json' | 'none';

/** The most lines a second, as text. */
export const MAX_LINES = 25;
const WINDOW_MS = 1_000;

/** What the log needs. */
export interface RequestLogOptions {
  readonly format: Exclude<LogFormat, 'none'>;
  /** Writes a line with its line break. */
  write(line: string): void;
  /** Columns of the terminal; `undefined` if there is none. */
  columns(): number | undefined;
  readonly colours: boolean;
  /** Whether several profiles are served. */
  readonly hasSeveral: boolean;
  /** The caller fact that is the credential of a kind of caller. */
  credentialFact(profile: string, kind: string): string | undefined;
}

/** Writes a line for each answered request. */
export class RequestLog {
  readonly #options: RequestLogOptions;
  readonly #paint: Paint;
  /** Lines of the current second. */
  #lines = 0;
  #admitted = 0;
  #refused = 0;
  #isOpen = false;

  constructor(options: RequestLogOptions) {
    this.#options = options;
    this.#paint = painter(options.colours);
  }

  /** Logs a request. @param row its row in the journal */
  answered(journal: Pick<JournalStore, 'entry'>, row: number, isRefused: boolean): void {
    const { format, write, columns } = this.#options;
    if (format === 'text' && !this.#hasRoom(isRefused)) return;
    const entry = journal.entry(row);
    // A journal that holds nothing has no entry.
    if (!entry) return;
    const settings = this.#settingsOf(entry);
    const line = format === 'json' ? jsonLine(entry, settings) : textLine(entry, settings, columns(), this.#paint);
    write(`${line}\n`);
  }

  /** Whether a line may be written. Otherwise, the request is counted. */
  #hasRoom(isRefused: boolean): boolean {
    if (!this.#isOpen) {
      this.#isOpen = true;
      after(WINDOW_MS, () => this.endSecond());
    }
    if (this.#lines < MAX_LINES) {
      this.#lines += 1;
      return true;
    }
    if (isRefused) this.#refused += 1;
    else this.#admitted += 1;
    return false;
  }

  /** Sums up the requests of this second that have no line. Is called by a timer, and at the end. */
  endSecond(): void {
    const all = this.#admitted + this.#refused;
    if (all > 0) this.#options.write(`${this.#paint('dim', restInWords(this.#admitted, this.#refused))}\n`);
    this.#lines = 0;
    this.#admitted = 0;
    this.#refused = 0;
    this.#isOpen = false;
  }

  #settingsOf({ profile, caller }: JournalEntry): LineSettings {
    const fact = caller && this.#options.credentialFact(profile, caller['kind'] ?? '');
    return { credential: fact === undefined ? undefined : caller?.[fact], isOneOfSeveral: this.#options.hasSeveral };
  }
}

/** A line of the log that is not about a request. As text, its control characters are shown and not obeyed. */
export function messageLine(format: LogFormat, level: 'info' | 'warn', message: string): string {
  if (format === 'json') return `${asciiJson({ type: 'message', level, message })}\n`;
  return `mock429: ${message.split('\n').map(safe).join('\n')}\n`;
}

/** `… 4,812 more requests in the last second: 4,700 admitted, 112 refused`. */
export function restInWords(admitted: number, refused: number): string {
  const all = admitted + refused;
  const [, noun] = count(all, 'more request').split(/ (.*)/);
  return `… ${group(all)} ${noun} in the last second: ${group(admitted)} admitted, ${group(refused)} refused`;
}

function group(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
