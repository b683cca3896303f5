/**
 * What came back on a connection, read as responses, and judged.
 * @module
 */

export interface Response {
  readonly status: number;
  /** By lower-case name; of several the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The responses that stand one behind the other. What cannot be read ends them: a fault may have the server send any length. */
export function responsesIn(bytes: Buffer): Response[] {
  const text = bytes.toString('latin1');
  const found: Response[] = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) return found;
    const [start = '', ...lines] = text.slice(at, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(start)?.[1]);
    if (Number.isNaN(status)) return found;
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    at = end + 4;
    const length = lengthOf(text, at, status, headers);
    found.push({ status, headers, body: text.slice(at, at + length) });
    at += length;
  }
}

function lengthOf(text: string, at: number, status: number, headers: ReadonlyMap<string, string>): number {
  if (status < 200 || status === 204 || status === 304) return 0;
  // The answer to a HEAD tells a length and has none.
  if (/^HTTP\/1\.1 \d{3} /.test(text.slice(at, at + 13))) return 0;
  if (headers.get('transfer-encoding') === 'chunked') {
    const end = text.indexOf('0\r\n\r\n', at);
    return end < 0 ? text.length - at : end + 5 - at;
  }
  return Number(headers.get('content-length') ?? 0) || 0;
}

const OWN = 'urn:mock429:';

/** What is wrong with a response, if anything. Providers' own errors, and those that a fault or `Prefer` asked for, are not. */
export function complaint({ status, headers, body }: Response): string | undefined {
  const type = headers.get('content-type') ?? '';
  const problem = type.startsWith('application/problem+json') && body !== '' ? parse(body) : undefined;
  const own = typeof problem?.['type'] === 'string' && problem['type'].startsWith(OWN);
  if (status >= 500 && own) return `an own ${status}: ${body}`;
  if (status >= 500 && type === '' && body === '') return `an empty ${status}`;
  if (!own) return undefined;
  const { title, detail } = problem;
  if (
    typeof title !== 'string' ||
    title === '' ||
    typeof detail !== 'string' ||
    detail === '' ||
    problem['status'] !== status
  )
    return `a problem that does not tell what is wrong: ${body}`;
  return undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
