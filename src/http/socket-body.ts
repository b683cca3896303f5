/**
 * A request's body, read from node's own stream. The web stream over it that a `Request` offers costs more than all the rest of a request.
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { NO_BODY, type ReceivedBody, TOO_LARGE } from '../sandbox/request.js';

/**
 * Reads as much as is allowed; what is longer is thrown away.
 *
 * @returns a promise that fails when the client goes away in the middle
 */
export function readIncoming(incoming: IncomingMessage, maxBytes: number): Promise<ReceivedBody> {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(TOO_LARGE);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // Every request closes in the end; an error would be made for each, with its stack, that nobody hears of.
    const gone = () => {
      if (!incoming.readableEnded) reject(new Error('the client has gone'));
    };
    const take = (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      incoming.off('data', take);
      // The rest is for whoever closes the connection.
      incoming.pause();
      resolve(TOO_LARGE);
    };
    incoming.on('data', take);
    incoming.on('end', () => resolve(size === 0 ? NO_BODY : { text: decode(chunks), tooLarge: false }));
    incoming.on('error', gone);
    incoming.on('close', gone);
  });
}

/** As `TextDecoder` does: without the mark that some put in front of UTF-8. */
function decode(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
