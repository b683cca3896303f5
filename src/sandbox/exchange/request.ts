/**
 * A request as the sandbox sees it: no socket, no framework.
 * @module
 */
import type { Caller, RequestFacts } from '../../limits/facts.js';
import type { Match } from '../../openapi/router.js';
import type { ArrivalTiming, Peer } from '../../state/journal/entry.js';
import { isDeeper, MAX_LEVELS } from '../control/nesting.js';

export interface Arrival {
  /** Upper case. */
  readonly method: string;
  /** Without query, sandbox and profile prefix; still percent-encoded. */
  readonly path: string;
  /** As it came, without the question mark. */
  readonly rawQuery: string;
  header(name: string): string | undefined;
  /** The client's address. */
  readonly ip: string;
  readonly body: ReceivedBody;
  /** When it arrived (`Clock.precise`), where that was before now. */
  readonly beganAt?: number | undefined;
  /** What is known of the arrival besides, while clients are judged. */
  readonly arrived?: ArrivalTiming | undefined;
  /** The connection that it came on; left out in-process. */
  readonly peer?: Peer | undefined;
  /** Where the caller finds this provider, without a slash at the end: `http://127.0.0.1:4290/~t1`. */
  base?(): string;
}

/** The body as far as it could be read. */
export interface ReceivedBody {
  readonly text: string;
  /** It was longer than the server accepts. */
  readonly tooLarge: boolean;
}

export const NO_BODY: ReceivedBody = { text: '', tooLarge: false };
export const TOO_LARGE: ReceivedBody = { text: '', tooLarge: true };

const NO_QUERY = new URLSearchParams();
const NO_TAGS: readonly string[] = [];
const NO_PARAMS: Readonly<Record<string, string>> = {};

/** The facts that rules ask about; what is dear to make is made when asked for. */
export class Request implements RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly tags: readonly string[];
  readonly ip: string;
  readonly params: Readonly<Record<string, string>>;
  caller: Caller | undefined;
  /** What it showed to say who calls, good or not. */
  credential: string | undefined;
  #query: URLSearchParams | undefined;
  #body: Parsed | undefined;
  /** Whether the body that was made of it is somebody else's. */
  #given = false;

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

  get body(): unknown {
    if (this.#given) {
      this.#given = false;
      this.#body = undefined;
    }
    return this.parsed.value;
  }

  /** What the parser said, if the body is not JSON. */
  get bodyError(): string | undefined {
    return this.parsed.error;
  }

  /** How many entries the longest list of its body has, where that is a JSON object with a list in it. */
  get longestList(): number | undefined {
    return this.parsed.items;
  }

  /** The body for somebody to change. Of the request's own, which stays as it came, another is made if it is asked for again: mostly nobody does. */
  ownBody(): unknown {
    const { value } = this.parsed;
    this.#given = true;
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
