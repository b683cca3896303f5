/**
 * Sends the body of an answer in chunks on the sandbox's clock, and settles the charges as it goes.
 *
 * Each chunk has a virtual instant. A chunk is sent once the clock has reached it and the client keeps up. While the stream runs, costs that exceed what was charged are charged;
 * the final settlement comes at the end, or when the client goes away, with what was sent until then.
 * @module
 */
import type { ReplyStream, StreamChunk } from '../../../behaviours/streams/reply-stream.js';
import type { Broken } from '../../../state/journal/entry.js';
import { instantOf } from '../../core.js';
import { bytesSent } from '../../faults/actions.js';
import { updateRow } from '../../journal/row.js';
import type { Draft } from '../answer.js';
import { readsOutcome, settleOnce, settleSoFar } from '../settle.js';
import type { Exchange } from '../state.js';
import type { BodyStream, StreamSink } from './body-stream.js';

/** The stream of one answer. */
export class AnswerStream implements BodyStream {
  readonly #exchange: Exchange;
  readonly #draft: Pick<Draft, 'status' | 'error'>;
  readonly #source: ReplyStream;
  readonly #cutAfter: number | undefined;
  readonly #chunks: Iterator<StreamChunk>;
  readonly #settlesSoFar: boolean;
  #next: StreamChunk | undefined;
  /** Epoch ms, virtual, of the next chunk; with fractions. */
  #due: number;
  #sink: StreamSink | undefined;
  #cancel: () => void = () => {};
  /** Chunks of the source that have been sent. */
  #sent = 0;
  #isOver = false;
  /** Whether the client does not keep up: `write` has returned false, and `resume` has not been called since. */
  #isFull = false;
  /** Whether a chunk is due and waits for `resume`. */
  #isPaused = false;
  /** Whether the sandbox closes, so that nothing waits for its instant. */
  #isHurried = false;

  /**
   * Registers the stream as in flight.
   *
   * @param source what is sent
   * @param cutAfter the connection is closed after this many bytes of the body; `undefined`: all is sent
   */
  constructor(exchange: Exchange, { status, error }: Draft, source: ReplyStream, cutAfter: number | undefined) {
    this.#exchange = exchange;
    this.#draft = { status, error };
    this.#source = source;
    this.#cutAfter = cutAfter;
    this.#chunks = source.chunks()[Symbol.iterator]();
    this.#settlesSoFar = readsOutcome(exchange);
    this.#due = exchange.instant.now;
    this.#take();
    const { id, at: since, request, inFlight, port } = exchange;
    const { method, path, operation, caller, credential } = request;
    inFlight.set(id, {
      ...{ id, method, path, operation, caller: caller?.facts ?? {}, credential, since, until: null },
      abort: () => this.#abort(),
      entry: undefined,
    });
    port.onDone(() => {
      if (!this.#isOver) this.#finish('left');
    });
  }

  start(sink: StreamSink): void {
    this.#sink = sink;
    if (this.#isOver) sink.breakOff();
    else this.#run();
  }

  resume(): void {
    this.#isFull = false;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#run();
  }

  /** Sends the chunks that are due. */
  #run(): void {
    const { clock } = this.#exchange.core;
    const now = clock.now();
    while (this.#next !== undefined) {
      // Instants are whole milliseconds.
      const due = Math.ceil(this.#due);
      if (due > now && !this.#isHurried) {
        this.#settleSoFar();
        this.#cancel = clock.at(due, () => {
          // The clock runs a callback early when the sandbox closes.
          this.#isHurried = clock.now() < due;
          this.#run();
        });
        return;
      }
      if (this.#isFull) {
        this.#settleSoFar();
        this.#isPaused = true;
        return;
      }
      this.#write(this.#next.text);
      if (this.#isOver) return;
      this.#take();
    }
    this.#finish(undefined);
    this.#sink!.end();
  }

  #write(text: string): void {
    const { streamed } = this.#exchange;
    this.#sent += 1;
    if (text === '') return;
    streamed!.chunks += 1;
    const size = Buffer.byteLength(text);
    const rest = this.#cutAfter === undefined ? Number.POSITIVE_INFINITY : this.#cutAfter - streamed!.bytes;
    if (size < rest) {
      streamed!.bytes += size;
      this.#isFull = !this.#sink!.write(text);
      return;
    }
    streamed!.bytes += rest;
    if (rest > 0) this.#sink!.write(Buffer.from(text).subarray(0, rest));
    this.#finish('cut');
    this.#sink!.breakOff();
  }

  #take(): void {
    const { done, value } = this.#chunks.next();
    this.#next = done ? undefined : value;
    if (this.#next !== undefined) this.#due += this.#next.afterMs;
  }

  #settleSoFar(): void {
    if (!this.#settlesSoFar || this.#sent === 0) return;
    this.#exchange.renew(instantOf(this.#exchange.core));
    settleSoFar(this.#exchange, { ...this.#draft, body: this.#source.bodyAfter(this.#sent) });
  }

  /** Settles, and completes the row of the journal. @param broken why the client did not get the whole body */
  #finish(broken: Broken | undefined): void {
    const exchange = this.#exchange;
    const { core, streamed, departure } = exchange;
    this.#stop();
    exchange.renew(instantOf(core));
    streamed!.endedAt = exchange.instant.now;
    settleOnce(exchange, { ...this.#draft, body: this.#source.bodyAfter(this.#sent) });
    core.counts.changes += 1;
    if (departure.row !== undefined) core.journal.update(departure.row, (ring) => updateRow(ring, exchange, broken));
  }

  /** Ends the stream without a settlement: a reset has removed what it would correct. */
  #abort(): void {
    if (this.#isOver) return;
    this.#stop();
    this.#sink?.breakOff();
  }

  #stop(): void {
    this.#isOver = true;
    this.#isPaused = false;
    this.#cancel();
    this.#exchange.inFlight.delete(this.#exchange.id);
  }
}

/** Where a fault cuts a stream, in bytes; `undefined` if all of it is sent. @param truncateBody a share below 1, or a number of bytes from 1 */
export function cutOf(source: ReplyStream, truncateBody: number | undefined): number | undefined {
  if (truncateBody === undefined) return undefined;
  let whole = '';
  for (const { text } of source.chunks()) whole += text;
  const bytes = bytesSent(whole, truncateBody);
  return bytes < Buffer.byteLength(whole) ? bytes : undefined;
}
