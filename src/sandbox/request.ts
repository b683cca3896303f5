/**
 * A request as the sandbox sees it: no socket, no framework.
 * @module
 */
import type { Caller, RequestFacts } from '../limits/facts.js';
import type { Match } from '../openapi/router.js';

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
  /** When it may have set out (`Clock.precise`), where that was before it arrived. */
  readonly beganAt?: number | undefined;
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
  #body: { value: unknown; error: string | undefined } | undefined;

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
    return this.parsed.value;
  }

  /** What the parser said, if the body is not JSON. */
  get bodyError(): string | undefined {
    return this.parsed.error;
  }

  get contentType(): string | undefined {
    return this.header('content-type');
  }

  private get parsed(): { value: unknown; error: string | undefined } {
    this.#body ??= parse(this.arrival.body.text, this.contentType);
    return this.#body;
  }
}

function parse(text: string, contentType: string | undefined): { value: unknown; error: string | undefined } {
  if (text === '') return { value: undefined, error: undefined };
  if (contentType?.startsWith('multipart/')) return { value: {}, error: undefined };
  try {
    return { value: JSON.parse(text) as unknown, error: undefined };
  } catch (error) {
    return { value: undefined, error: (error as Error).message };
  }
}
