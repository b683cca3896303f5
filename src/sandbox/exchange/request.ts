/**
 * A request as the sandbox sees it, independent of sockets and frameworks.
 * @module
 */
import type { Caller, PolicyFacts, RequestFacts } from '../../limits/facts.js';
import { contentKind, mediaTypeParameter } from '../../openapi/media-type.js';
import { undoCodings } from '../../openapi/request/body/content-coding.js';
import { type BodyContent, NO_CONTENT, type ReadBody } from '../../openapi/request/body/read-body.js';
import type { ReceivedBody } from '../../openapi/request/body/received.js';
import type { Match } from '../../openapi/request/router.js';
import type { Violation } from '../../openapi/request/violations.js';
import type { ArrivalTiming, Peer } from '../../state/journal/entry.js';

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
  /** Reads how policies stand for this request. */
  policyStatus: ((policy: string) => PolicyFacts | undefined) | undefined;
  /** The credential that was found in the request, valid or not. */
  credential: string | undefined;
  #query: URLSearchParams | undefined;
  #received: ReceivedBody | Violation | undefined;
  #content: BodyContent | undefined;
  #longestList: number | undefined | null = null;
  #bodyText: string | undefined;
  /** Whether the parsed body was handed out by `mutableBody`, so that the next reader needs a new one. */
  #handedOut = false;

  constructor(
    readonly arrival: Arrival,
    readonly match: Match | undefined,
    readonly readBody: ReadBody,
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

  /** The parameters of the path, percent-encoded. */
  get rawParams(): Readonly<Record<string, string>> {
    return this.match?.rawParams ?? NO_PARAMS;
  }

  get rawQuery(): string {
    return this.arrival.rawQuery;
  }

  /** The body as it was read by its media type; `undefined` if there is none or it is invalid. */
  get body(): unknown {
    if (this.#handedOut) {
      this.#handedOut = false;
      this.#content = undefined;
    }
    return this.content.value;
  }

  /** The length of the body in bytes, without its codings. */
  get bodySize(): number {
    const { received } = this;
    return 'keyword' in received ? 0 : received.bytes.length;
  }

  /** The media type of the document by which the body was read. */
  get bodyType(): string | undefined {
    return this.content.type;
  }

  /** What is wrong with the text of the body. */
  get bodyViolations(): readonly Violation[] {
    return this.content.violations;
  }

  /** Whether the body is longer than the server accepts. */
  get bodyTooLarge(): boolean {
    const { body } = this.arrival;
    if (body.tooLarge || body.bytes.length === 0) return body.tooLarge;
    const { received } = this;
    return 'keyword' in received ? false : received.tooLarge;
  }

  /** The length of the longest list in the body, if the body is an object that contains a list. */
  get longestList(): number | undefined {
    if (this.#longestList === null) this.#longestList = longestList(this.content.value);
    return this.#longestList;
  }

  /** A body that the caller may change. It is the body itself; if `body` is read afterwards, it is read again, which is rare. */
  mutableBody(): unknown {
    const { value } = this.content;
    // The journal reads it later.
    void this.longestList;
    this.#handedOut = true;
    return value;
  }

  /**
   * The body as one text, for hashes and masking: equal for equal bodies. It is not decoded if it is not text, and the random boundary of a multipart body is left out.
   */
  get bodyText(): string {
    this.#bodyText ??= bodyText(this.arrival.body, this.contentType);
    return this.#bodyText;
  }

  /** As `bodyText`, without codings. */
  get decodedText(): string {
    if (this.header('content-encoding') === undefined) return this.bodyText;
    const { received } = this;
    return 'keyword' in received ? this.bodyText : received.text;
  }

  get contentType(): string | undefined {
    return this.header('content-type');
  }

  private get content(): BodyContent {
    this.#content ??= this.#read();
    return this.#content;
  }

  #read(): BodyContent {
    if (this.arrival.body.bytes.length === 0) return NO_CONTENT;
    const { received } = this;
    if ('keyword' in received) return { ...NO_CONTENT, violations: [received] };
    return received.bytes.length === 0 ? NO_CONTENT : this.readBody(received, this.contentType);
  }

  /** The body without its codings, or what is wrong with them. */
  private get received(): ReceivedBody | Violation {
    if (this.#received === undefined) {
      const codings = this.header('content-encoding');
      const { body } = this.arrival;
      this.#received = codings === undefined ? body : undoCodings(body, codings);
    }
    return this.#received;
  }
}

function bodyText(body: ReceivedBody, contentType: string | undefined): string {
  if (body.bytes.length === 0) return '';
  const kind = contentType === undefined ? 'json' : contentKind(contentType);
  if (kind !== 'multipart') return kind === 'binary' || kind === 'image' ? body.latin1 : body.text;
  const boundary = mediaTypeParameter(contentType!, 'boundary');
  return boundary ? body.latin1.replaceAll(boundary, '') : body.latin1;
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
