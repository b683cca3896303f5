/**
 * Parses server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). `EventSource` cannot send an
 * `Authorization` field, so the page reads the stream with `fetch`.
 * @module
 */

/** A server-sent event. */
export interface ServerSentEvent {
  /** The newest id of the stream so far; empty if there was none. */
  readonly id: string;
  /** `message` where the stream names no type. */
  readonly type: string;
  readonly data: string;
}

/** Parses a stream that arrives in pieces. */
export class EventParser {
  #rest = '';
  #id = '';
  #type = '';
  #data: string[] = [];
  #isStart = true;

  /** Takes the next piece and returns the events that it completes. A piece may end anywhere, also between the two characters of a line break. */
  push(text: string): ServerSentEvent[] {
    const all = this.#rest + (this.#isStart ? text.replace(/^\uFEFF/, '') : text);
    if (text !== '') this.#isStart = false;
    // A carriage return at the end may be the first half of a line break.
    const ends = all.endsWith('\r') ? all.length - 1 : all.length;
    const lines = all.slice(0, ends).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + all.slice(ends);
    return lines.flatMap((line) => this.#take(line) ?? []);
  }

  #take(line: string): ServerSentEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = { id: this.#id, type: this.#type || 'message', data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#type = '';
    this.#data = [];
    return isEmpty ? undefined : event;
  }
}
