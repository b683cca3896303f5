/**
 * A request as the sandbox sees it, independent of sockets and frameworks.
 * @module
 */
import type { Caller, RequestFacts } from '../../limits/facts.js';
import type { Match } from '../../openapi/request/router.js';
import type { ArrivalTiming, Peer } from '../../state/journal/entry.js';
import { isDeeper, MAX_LEVELS } from '../control/nesting.js';

/** A request as the HTTP layer hands it over. */
export interface Arrival {
  /** Upper case. */
  readonly method: string;
  /** Without query, sandbox and profile prefix; percent-encoded. */
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly rawQuery: string;
  /** A header's value by its name in lower case. */
  header(name: string): string | undefined;
  /** The client's address. */
  readonly ip: string;
  readonly body: ReceivedBody;
  /** When it arrived (`Clock.precise`), if that was before it was handed over. */
  readonly beganAt?: number | undefined;
  /** Timing facts that only the verdict needs. */
  readonly arrived?: ArrivalTiming | undefined;
  /** The connection it arrived on; omitted in-process. */
  readonly peer?: Peer | undefined;
  /** The base URL of this provider as the client sees it, without a trailing slash: `http://127.0.0.1:4290/~t1`. */
  base?(): string;
}

/** The body as far as it was read. */
export interface ReceivedBody {
  readonly text: string;
  /** Whether it was longer than the server accepts; `text` is empty then. */
  readonly tooLarge: boolean;
}

/** The body of a request without one. */
export const NO_BODY: ReceivedBody = { text: '', tooLarge: false };
/** A body that was longer than the server accepts. */
export const TOO_LARGE: ReceivedBody = { text: '', tooLarge: true };

const NO_QUERY = new URLSearchParams();
const NO_TAGS: readonly string[] = [];
const NO_PARAMS: Readonly<Record<string, string>> = {};

/** The facts about a request that rules read. The query and the body are parsed lazily. */
export class Request implements RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly tags: readonly string[];
  readonly ip: string;
  readonly params: Readonly<Record<string, string>>;
  caller: Caller | undefined;
  /** The credential that was found in the request, valid or not. */
  credential: string | undefined;
  #query: URLSearchParams | undefined;
  #body: Parsed | undefined;
  /** Whether the parsed body was handed out by `mutableBody`, so that the next reader needs a new one. */
  #handedOut = false;

  constructor(
    readonly arrival: Arrival,
    readonly match: Match | undefined,
  ) {
    this.method = arrival.method;
    this.path = arrival.path;
    this.operation = match?.operation.id;
    this.tags = match?.operation.tags ?? NO_TAGS;
    this.params = match?.params ?? NO_PARAMS;
    this.ip = arrival.ip;
  }

  header(name: string): string | undefined {
    return this.arrival.header(name);
  }

  get query(): URLSearchParams {
    this.#query ??= this.arrival.rawQuery === '' ? NO_QUERY : new URLSearchParams(this.arrival.rawQuery);
    return this.#query;
  }

  /** The parsed JSON body; `undefined` if there is none or it is invalid. */
  get body(): unknown {
    if (this.#handedOut) {
      this.#handedOut = false;
      this.#body = undefined;
    }
    return this.parsed.value;
  }

  /** The parser's message if the body is not JSON. */
  get bodyError(): string | undefined {
    return this.parsed.error;
  }

  /** The length of the longest list in the body, if the body is a JSON object that contains a list. */
  get longestList(): number | undefined {
    return this.parsed.items;
  }

  /** A body that the caller may change. It is the parsed body itself; if `body` is read afterwards, the text is parsed again, which is rare. */
  mutableBody(): unknown {
    const { value } = this.parsed;
    this.#handedOut = true;
    return value;
  }

  get contentType(): string | undefined {
    return this.header('content-type');
  }

  private get parsed(): Parsed {
    this.#body ??= parse(this.arrival.body.text, this.contentType);
    return this.#body;
  }
}

interface Parsed {
  readonly value: unknown;
  readonly error: string | undefined;
  readonly items: number | undefined;
}

function parse(text: string, contentType: string | undefined): Parsed {
  if (text === '') return { value: undefined, error: undefined, items: undefined };
  if (contentType?.startsWith('multipart/')) return { value: {}, error: undefined, items: undefined };
  if (isDeeper(text, MAX_LEVELS))
    return { value: undefined, error: `it is nested more than ${MAX_LEVELS} levels deep`, items: undefined };
  try {
    const value = JSON.parse(text) as unknown;
    return { value, error: undefined, items: longestList(value) };
  } catch (error) {
    return { value: undefined, error: (error as Error).message, items: undefined };
  }
}

function longestList(body: unknown): number | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  let longest: number | undefined;
  for (const key of Object.keys(body)) {
    const value = (body as Record<string, unknown>)[key];
    if (Array.isArray(value)) longest = Math.max(longest ?? 0, value.length);
  }
  return longest;
}
