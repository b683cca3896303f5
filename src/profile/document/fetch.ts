/**
 * Fetches documents from URLs. The size and the time are bounded.
 * @module
 */
import { decodeText, MAX_FILE_BYTES } from '../source/read-file.js';

/** Why a document cannot be fetched. */
export interface FetchFault {
  readonly problem: string;
  readonly fix: string;
}

/** Texts of documents by URL, or why there is none. */
export type FetchedTexts = ReadonlyMap<string, string | FetchFault>;

/** Milliseconds in which a document must have arrived. */
const TIMEOUT_MS = 30_000;

/** Most documents that one document may lead to. */
export const MAX_DOCUMENTS = 500;

/** Fetches a document. @returns its text, or why it cannot be had; never rejects */
export async function fetchText(url: string): Promise<string | FetchFault> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { signal, headers: { Accept: ACCEPT, 'User-Agent': 'mock429' } });
    if (!response.ok) {
      await response.body?.cancel();
      const fix =
        response.status === 401 || response.status === 403
          ? 'download it with your credentials, and give the path of the file'
          : 'check the address';
      return { problem: `the server answers ${response.status}`, fix };
    }
    const bytes = await readBounded(response);
    if (bytes === undefined) {
      const most = MAX_FILE_BYTES / 1024 / 1024;
      return { problem: `it is larger than the ${most} MiB that are read`, fix: 'give a smaller document' };
    }
    const text = decodeText(bytes);
    return typeof text === 'string' ? text : { problem: text.problem, fix: 'give the address of a text file' };
  } catch (error) {
    return faultOf(error as Error);
  }
}

const ACCEPT =
  'application/vnd.oai.openapi+json, application/vnd.oai.openapi, application/json, application/yaml, text/yaml, */*;q=0.5';

/** The body, or `undefined` if it is too large. */
async function readBounded(response: Response): Promise<Buffer | undefined> {
  if (Number(response.headers.get('content-length')) > MAX_FILE_BYTES) {
    await response.body?.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_FILE_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function faultOf({ name, message, cause }: Error): FetchFault {
  if (name === 'TimeoutError')
    return {
      problem: `it did not arrive within ${TIMEOUT_MS / 1_000} s`,
      fix: 'download it, and give the path of the file',
    };
  const { code, message: detail } = (cause ?? {}) as { code?: string; message?: string };
  const reason = code === 'ENOTFOUND' ? 'there is no such host' : (code ?? detail ?? message);
  return {
    problem: `it cannot be fetched (${reason.replaceAll('; ', ', ')})`,
    fix: 'check the address and the network',
  };
}
