/**
 * What came back on a connection, read as responses, and judged.
 * @module
 */

/** A response as it was read from the bytes of a connection. */
export interface Response {
  readonly status: number;
  /** By lower-case name; of several the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** One character for each byte (latin1), without the chunked coding. */
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
    if (headers.get('transfer-encoding') === 'chunked' && !isBodiless(text, at, status)) {
      const chunked = readChunks(text, at);
      found.push({ status, headers, body: chunked.body });
      at = chunked.end;
    } else {
      const length = isBodiless(text, at, status) ? 0 : Number(headers.get('content-length') ?? 0) || 0;
      found.push({ status, headers, body: text.slice(at, at + length) });
      at += length;
    }
  }
}

/** The answer to a HEAD tells a length and has none: another answer stands in its place. */
function isBodiless(text: string, at: number, status: number): boolean {
  return status < 200 || status === 204 || status === 304 || /^HTTP\/1\.1 \d{3} /.test(text.slice(at, at + 13));
}

function readChunks(text: string, from: number): { readonly body: string; readonly end: number } {
  let body = '';
  let at = from;
  for (;;) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (end < 0 || Number.isNaN(size)) return { body, end: text.length };
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
    if (size === 0) return { body, end: at };
  }
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
