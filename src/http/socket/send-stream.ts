/**
 * Sends an answer whose body is a stream to a socket: in chunks to a client of HTTP/1.1, up to the end of the connection to one of HTTP/1.0.
 * @module
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { BodyStream } from '../../sandbox/exchange/streaming/body-stream.js';

/** Sends the head and starts the stream. @param waits called if the stream has not ended at once @throws Error where a header cannot be written; nothing has been written then */
export function sendStream(
  response: ServerResponse,
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  stream: BodyStream,
  waits: () => void,
): void {
  const { socket } = response.req;
  response.writeHead(status, headers as OutgoingHttpHeaders);
  response.on('drain', () => stream.resume());
  let isHeadSent = false;
  stream.start({
    write(part) {
      isHeadSent = true;
      // The connection of a client that has closed its sending side is closing.
      return socket.writable ? response.write(part) : true;
    },
    end: () => response.end(),
    breakOff() {
      if (!isHeadSent) response.flushHeaders();
      isHeadSent = true;
      // It flushes what has been written.
      socket.destroySoon();
    },
  });
  if (response.writableEnded) return;
  if (!isHeadSent) response.flushHeaders();
  waits();
}
