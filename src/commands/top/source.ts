/**
 * Reads the live buckets of a running server from its control API.
 * @module
 */
import { OptionError } from '../../options/options.js';
import { safe } from '../terminal/width.js';
import type { Bucket } from './table.js';

/** Where a server is, and how to ask it. */
export interface ServerAddress {
  /** `http://127.0.0.1:4290`. */
  readonly url: string;
  /** Name of the sandbox; `undefined` for the one without a name. */
  readonly sandbox?: string | undefined;
  /** The control token. */
  readonly token?: string | undefined;
}

/** The buckets at one instant. */
export interface Reading {
  readonly buckets: readonly Bucket[];
  /** Time of the sandbox's clock, epoch ms. */
  readonly now: number;
}

/** A server that did not give its buckets; the message says why and what to do. */
export class SourceError extends Error {}

/** Creates a function that reads the buckets. @throws OptionError if the address is none */
export function bucketSource({ url, sandbox, token }: ServerAddress): () => Promise<Reading> {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (!base || !/^https?:$/.test(base.protocol))
    throw new OptionError(`--url ${safe(url)}: is not the address of a server; give it like http://127.0.0.1:4290`);
  const prefix = `${base.origin}${sandbox === undefined ? '' : `/~${encodeURIComponent(sandbox)}`}/__mock429`;
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const read = async (path: string) => {
    const response = await fetch(prefix + path, { headers, redirect: 'error' }).catch((error: Error) => {
      const cause = (error.cause as Error | undefined)?.message ?? error.message;
      throw new SourceError(`no server answers at ${base.origin} (${safe(cause)}); start one, or give its --url`);
    });
    const text = await response.text();
    if (response.status !== 200) throw new SourceError(refusal(response.status, text, prefix + path));
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new SourceError(`${prefix}${path} is not JSON; is ${base.origin} a mock429 server?`);
    }
  };
  return async () => {
    const [quotas, clock] = await Promise.all([read('/quotas'), read('/clock')]);
    const { quotas: buckets } = quotas as { quotas?: readonly Bucket[] };
    const { epochMs } = clock as { epochMs?: number };
    if (!Array.isArray(buckets) || typeof epochMs !== 'number')
      throw new SourceError(`${prefix} does not list buckets; is ${base.origin} a mock429 server?`);
    return { buckets, now: epochMs };
  };
}

function refusal(status: number, text: string, address: string): string {
  if (status === 401 || status === 403)
    return `${address} refuses (${status}); give the control token with --token or MOCK429_CONTROL_TOKEN`;
  let detail = '';
  try {
    detail = String((JSON.parse(text) as { detail?: unknown }).detail ?? '');
  } catch {
    // Not the answer of a control API.
  }
  return `${address} answers ${status}${detail === '' ? '' : `: ${safe(detail)}`}`;
}
