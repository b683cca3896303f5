/**
 * Requests as bytes on a socket, for tests of what clients' libraries would not send.
 * @module
 */
import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends bytes (a string is Latin-1) and gathers all that comes back until the server closes the connection, which it is to be asked to.
 *
 * @param half whether the client closes its own side after sending
 */
export async function exchange(port: number, request: string | Buffer, { half = false } = {}): Promise<string> {
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const pieces: Buffer[] = [];
  client.on('data', (piece) => pieces.push(piece));
  client.on('error', () => client.destroy());
  client.on('end', () => client.end());
  await once(client, 'connect');
  const closed = once(client, 'close');
  const sent = typeof request === 'string' ? Buffer.from(request, 'latin1') : request;
  if (half) client.end(sent);
  else client.write(sent);
  await closed;
  return Buffer.concat(pieces).toString('latin1');
}

/** A response as it was read from the bytes of a connection; its body is read as UTF-8. */
export interface RawResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The responses that stand one behind the other, by their Content-Length. `heads`: none has a body, whatever it says (HEAD). */
export function responsesIn(text: string, { heads = false } = {}): RawResponse[] {
  const found: RawResponse[] = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at);
    const [start = '', ...lines] = text.slice(at, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1]);
    if (end < 0 || Number.isNaN(status))
      throw new Error(`no response starts at ${JSON.stringify(text.slice(at, at + 200))}`);
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = heads ? 0 : Number(headers['content-length'] ?? 0);
    found.push({ status, headers, body: Buffer.from(text.slice(end + 4, end + 4 + length), 'latin1').toString() });
    at = end + 4 + length;
  }
  return found;
}
