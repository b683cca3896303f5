/**
 * The body of a request as it arrived.
 * @module
 */

/** A body, decoded to text when it is first read as such. */
export class ReceivedBody {
  #text: string | undefined;

  constructor(
    /** Empty if the body is too large. */
    readonly bytes: Uint8Array,
    /** The largest body that the server accepts, in bytes. */
    readonly limit: number,
    /** Whether it was longer than the limit. */
    readonly tooLarge = false,
  ) {}

  /** A body of a text, without a limit. */
  static of(text: string): ReceivedBody {
    return new ReceivedBody(Buffer.from(text), Number.POSITIVE_INFINITY);
  }

  /** The text in UTF-8, without a byte order mark. */
  get text(): string {
    this.#text ??= decodeUtf8(this.bytes);
    return this.#text;
  }

  /** One character for each byte. For bodies that are not text. */
  get latin1(): string {
    return asBuffer(this.bytes).toString('latin1');
  }
}

const NO_BYTES = new Uint8Array(0);

/** The body of a request without one. */
export const NO_BODY = new ReceivedBody(NO_BYTES, Number.POSITIVE_INFINITY);
/** A body that was longer than the server accepts. */
export const TOO_LARGE = new ReceivedBody(NO_BYTES, 0, true);

/** Decodes UTF-8 without its byte order mark, as `TextDecoder` does. */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
