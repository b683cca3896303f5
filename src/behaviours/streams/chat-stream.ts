/**
 * `chat.stream`: a completion of a language model, sent token by token in the provider's own form, or whole to requests that are not streamed. Events, names and
 * counts are data of the profile.
 * @module
 */
import type { z } from 'zod';
import { FactSource } from '../../limits/facts.js';
import { compileTemplate, type Template } from '../../limits/render/template.js';
import { compileCondition, type Predicate } from '../../limits/rules/matching.js';
import { compileQuantity, type Quantity } from '../../limits/rules/quantity.js';
import { duration, quantity } from '../../limits/schema.js';
import type { Zod } from '../../limits/zod.js';
import { type Context, defineBehaviour } from '../behaviour.js';
import { withRoot } from '../collections/shared.js';
import { conditionSchema, json, listOf, status } from '../options.js';
import { Pieces, SPLIT_NAMES, splits } from './pieces.js';
import type { ReplyStream, StreamChunk } from './reply-stream.js';

/** The most tokens of an answer. */
const MAX_TOKENS = 1_000_000;

const SAMPLE =
  'This is an answer of the mock server. It is sent in the form of the provider, token by token, and counts against the limits that the provider documents. The text has no further meaning.';

const MEDIA_TYPES = ['text/event-stream', 'application/x-ndjson', 'application/jsonl'] as const;

/** One event of a stream. */
const event = (z: Zod, condition: ReturnType<typeof conditionSchema>) =>
  z
    .strictObject({
      event: z
        .string()
        .regex(/^[^\r\n]+$/, { error: 'is not the name of an event; use one line of text' })
        .optional()
        .describe('Name of the event (the line event:); none when left out'),
      data: json(z).describe('Template of the data, sent as JSON; a text is sent as it is'),
      when: condition.optional().describe('Requests that get the event; all when left out'),
    })
    .describe('An event of a stream')
    .meta({ title: 'Event' });

const answerStream = (z: Zod) => {
  // One schema for all parts, so that the JSON Schema has it once.
  const condition = conditionSchema(z);
  const events = listOf(z, event(z, condition));
  return z
    .strictObject({
      when: condition
        .optional()
        .describe('Requests that are answered with a stream; all when left out. The others get whole'),
      contentType: z
        .enum(MEDIA_TYPES)
        .default('text/event-stream')
        .describe('Server-sent events, or a line of JSON for each event'),
      first: events.optional().describe('Sent with the head of the response, before the first token'),
      delta: events.optional().describe('Sent for each token; may use chat.delta and chat.index'),
      last: events.optional().describe('Sent after the last token; may use chat.finish'),
      usage: events.optional().describe('Sent after last, usually under a condition'),
      done: events.optional().describe('Sent at the end'),
    })
    .superRefine(({ contentType, ...parts }, context) => {
      if (contentType === 'text/event-stream') return;
      for (const [part, list] of Object.entries(parts)) {
        if (!Array.isArray(list) || !list.some((one) => 'event' in one && one.event !== undefined)) continue;
        const message = `names an event, and ${contentType} has no names of events; leave out event or contentType`;
        context.addIssue({ code: 'custom', message, path: [part] });
      }
    })
    .describe('The answer as a stream');
};

const options = (z: Zod) =>
  z
    .strictObject({
      id: z.string().default('${new.uuid}').describe('Template of the id, the same in all events: ${chat.id}'),
      text: z.string().default(SAMPLE).describe('Template of the text that the model answers; a sample when left out'),
      split: z
        .enum(SPLIT_NAMES)
        .default('words')
        .describe(
          `What one token is. ${Object.entries(splits)
            .map(([name, { title }]) => `${name}: ${title}`)
            .join('; ')}`,
        ),
      inputTokens: quantity(z).default(0).describe('Tokens of the request, such as tokens(body.messages)'),
      outputTokens: quantity(z)
        .optional()
        .describe('Tokens of the answer. The text is cut or repeated to it. Those of the text when left out'),
      maxTokens: quantity(z)
        .optional()
        .describe('The most tokens of the answer, such as body.max_tokens; no limit where it is absent'),
      finish: z
        .strictObject({
          end: z.string().default('stop').describe('The text was sent to its end'),
          length: z.string().default('length').describe('maxTokens cut it'),
        })
        .default({ end: 'stop', length: 'length' })
        .describe('Why the answer ended, in the words of the provider: ${chat.finish}'),
      timeToFirstToken: duration(z).default(0).describe('From the head of the response to the first token'),
      tokensPerSecond: z
        .number()
        .positive()
        .optional()
        .describe('How fast tokens follow each other; all at once when left out'),
      status: status(z).default(200),
      stream: answerStream(z),
      whole: json(z).describe(
        'Template of the answer as one body. Requests that are not streamed get it, and costs read it as response.*: with the tokens sent so far if the client leaves a stream. May use chat.id, chat.createdAt, chat.text, chat.inputTokens, chat.outputTokens, chat.totalTokens, chat.finish',
      ),
    })
    .describe('Sends a completion of a language model, as a stream on the clock of the sandbox or whole');

type Options = z.infer<ReturnType<typeof options>>;
type EventOptions = NonNullable<Options['stream']['first']>;

const PARTS = ['first', 'delta', 'last', 'usage', 'done'] as const;

/** The behaviour `chat.stream`. */
export const chatStream = defineBehaviour<Options>({
  name: 'chat.stream',
  options,
  templates: ({ id, text, whole, stream }) => [
    id,
    text,
    whole,
    ...PARTS.flatMap((part) => (stream[part] ?? []).map(({ data }) => data)),
  ],
  conditions: ({ stream }) => [stream.when, ...PARTS.flatMap((part) => (stream[part] ?? []).map(({ when }) => when))],
  quantities: ({ inputTokens, outputTokens, maxTokens }) => [inputTokens, outputTokens, maxTokens],
  compile(given) {
    const { finish, status: code, stream, timeToFirstToken, tokensPerSecond, split } = given;
    const id = compileTemplate(given.id);
    const text = compileTemplate(given.text);
    const whole = compileTemplate(given.whole);
    const isStreamed = compileCondition(stream.when);
    const count = {
      input: compileCount(given.inputTokens),
      output: compileCount(given.outputTokens),
      most: compileCount(given.maxTokens),
    };
    const constantPieces = text.constant ? new Pieces(given.text, split) : undefined;
    const writers = Object.fromEntries(
      PARTS.map((part) => [part, compileEvents(stream[part] ?? [], stream.contentType)]),
    ) as Record<(typeof PARTS)[number], WriteEvents>;
    return (context) => {
      const { facts, scope, now, compress } = context;
      const pieces = constantPieces ?? new Pieces(String(text.render(scope, now) ?? ''), split);
      const wanted = Math.min(MAX_TOKENS, count.output(context) ?? pieces.length);
      const length = Math.min(wanted, count.most(context) ?? wanted);
      const chat = new Chat(context, pieces, {
        id: id.render(scope, now),
        inputTokens: count.input(context) ?? 0,
        length,
        finish: length < wanted ? finish.length : finish.end,
      });
      const written = new WrittenText(pieces);
      const bodyAfter = (tokens: number) => whole.render(chat.scopeAfter(tokens, written), now);
      if (!isStreamed(facts)) return { status: code, body: bodyAfter(length) };
      const times = {
        firstMs: timeToFirstToken / compress,
        everyMs: tokensPerSecond === undefined ? 0 : 1_000 / tokensPerSecond / compress,
      };
      return { status: code, contentType: stream.contentType, stream: chatChunks(chat, writers, times, bodyAfter) };
    };
  },
});

/** The stream of a completion: a chunk for the first events, one for each token, and one for the events at the end. */
function chatChunks(
  chat: Chat,
  writers: Readonly<Record<(typeof PARTS)[number], WriteEvents>>,
  { firstMs, everyMs }: { readonly firstMs: number; readonly everyMs: number },
  bodyAfter: (tokens: number) => unknown,
): ReplyStream {
  const { length } = chat.facts;
  return {
    *chunks(): Generator<StreamChunk> {
      const sequence: Sequence = { next: 0, written: new WrittenText(chat.pieces) };
      const write = (part: (typeof PARTS)[number], tokens: number) => writers[part](chat, tokens, sequence);
      yield { afterMs: 0, text: write('first', 0) };
      for (let tokens = 1; tokens <= length; tokens++)
        yield { afterMs: tokens === 1 ? firstMs : everyMs, text: write('delta', tokens) };
      yield { afterMs: 0, text: write('last', length) + write('usage', length) + write('done', length) };
    },
    bodyAfter: (chunks) => bodyAfter(Math.max(0, Math.min(length, chunks - 1))),
  };
}

/** Facts of a completion that do not change while it is sent. */
interface ChatFacts {
  readonly id: unknown;
  readonly inputTokens: number;
  /** Tokens of the complete answer. */
  readonly length: number;
  readonly finish: string;
}

/** A completion that is being sent: the values of `chat` in templates. */
class Chat {
  constructor(
    readonly context: Context,
    readonly pieces: Pieces,
    readonly facts: ChatFacts,
  ) {}

  /** The scope of templates after a number of tokens. @param written the text of whoever asks @param sequence number of the event in its stream, from 0 */
  scopeAfter(tokens: number, written: WrittenText, sequence = 0): Context['scope'] {
    const { id, inputTokens, length, finish } = this.facts;
    return withRoot(this.context.scope, 'chat', {
      id,
      createdAt: this.context.now,
      // Most events have only the delta.
      get text() {
        return written.after(tokens);
      },
      delta: tokens === 0 ? '' : this.pieces.at(tokens - 1),
      index: Math.max(0, tokens - 1),
      sequence,
      inputTokens,
      outputTokens: tokens,
      totalTokens: inputTokens + tokens,
      finish: tokens < length ? null : finish,
    });
  }
}

/** The text of the first tokens. It is kept from call to call, because a stream asks for it token by token. */
class WrittenText {
  #text = '';
  #tokens = 0;

  constructor(readonly pieces: Pieces) {}

  after(tokens: number): string {
    if (tokens < this.#tokens) {
      this.#text = '';
      this.#tokens = 0;
    }
    for (; this.#tokens < tokens; this.#tokens++) this.#text += this.pieces.at(this.#tokens);
    return this.#text;
  }
}

/** The events of one stream, as they are written one after the other. */
interface Sequence {
  /** Number of the next event, from 0. */
  next: number;
  readonly written: WrittenText;
}

/** Writes the events of one part of a stream. */
type WriteEvents = (chat: Chat, tokens: number, sequence: Sequence) => string;

function compileEvents(list: EventOptions, contentType: (typeof MEDIA_TYPES)[number]): WriteEvents {
  const frame = contentType === 'text/event-stream' ? serverSentEvent : line;
  const compiled: { name: string | undefined; data: Template; holds: Predicate }[] = list.map((one) => ({
    name: one.event,
    data: compileTemplate(one.data),
    holds: compileCondition(one.when),
  }));
  return (chat, tokens, sequence) => {
    const { facts, now } = chat.context;
    let text = '';
    for (const { name, data, holds } of compiled) {
      if (!holds(facts)) continue;
      const value = data.render(chat.scopeAfter(tokens, sequence.written, sequence.next), now);
      sequence.next += 1;
      text += frame(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    return text;
  };
}

function serverSentEvent(name: string | undefined, data: string): string {
  const lines = data.split(/\r\n|\r|\n/).map((one) => `data: ${one}\n`);
  return `${name === undefined ? '' : `event: ${name}\n`}${lines.join('')}\n`;
}

function line(_name: string | undefined, data: string): string {
  return `${data.replaceAll(/\r\n|\r|\n/g, ' ')}\n`;
}

/** Compiles a count of tokens. Its value is whole and not negative; `undefined` if there is none. */
function compileCount(given: Quantity | undefined): (context: Context) => number | undefined {
  if (given === undefined) return () => undefined;
  const count = compileQuantity(given);
  return ({ facts }) => {
    const value = count.evaluate(new FactSource(facts));
    return value === undefined || value === null ? undefined : Math.max(0, Math.floor(value));
  };
}
