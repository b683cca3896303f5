/**
 * What is sent: one request, over and over.
 * @module
 */
import { request } from 'node:http';

/** The request that is sent to a server, and the status that is expected. */
export interface Traffic {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `{n}` in it stands for a number that no other request of the window has. */
  readonly body?: string;
  /** That nearly all answers have. */
  readonly status: number;
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Sends it once, on a connection of its own. */
export function ask(port: number, { method, path, headers, body }: Omit<Traffic, 'status'>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    sent.setTimeout(30_000, () => sent.destroy(new Error('no answer within 30 s')));
    sent.once('error', reject);
    sent.end(body?.replaceAll('{n}', String(process.hrtime.bigint()).slice(-8)));
  });
}
