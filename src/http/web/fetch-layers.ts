/**
 * What is laid over the process's `fetch`. Layers lie on each other and may be taken away in any order; what no layer serves reaches the fetch that was there
 * before them.
 * @module
 */

export type Fetch = typeof globalThis.fetch;

export interface FetchLayer {
  serves(url: URL): boolean;
  answer(request: Request): Promise<Response>;
  /** What a request that no layer serves fails with; left out, it passes. */
  readonly refuse?: ((method: string, url: URL) => Error) | undefined;
}

interface Laid extends FetchLayer {
  readonly beneath: Fetch;
  active: boolean;
}

const layers = new WeakMap<Fetch, Laid>();

/** @returns what takes it away again; more than once is harmless */
export function addFetchLayer({ serves, answer, refuse }: FetchLayer): () => void {
  const laid: Laid = { serves, answer, refuse, beneath: globalThis.fetch, active: true };
  // Async, so that a request that cannot be made is a rejection, as it is with the real one.
  const fetch: Fetch = async (input, init) => {
    const url = laid.active ? urlOf(input) : undefined;
    if (url === undefined) return laid.beneath(input, init);
    if (serves(url)) return answer(new Request(input, init));
    if (refuse && !servedBeneath(laid, url)) throw refuse(methodOf(input, init), url);
    return laid.beneath(input, init);
  };
  layers.set(fetch, laid);
  globalThis.fetch = fetch;
  return () => {
    laid.active = false;
    // Whoever else has laid something over it since keeps it there; it lets everything pass.
    for (let top = layers.get(globalThis.fetch); top?.active === false; top = layers.get(globalThis.fetch)) {
      globalThis.fetch = top.beneath;
    }
  };
}

function servedBeneath(above: Laid, url: URL): boolean {
  for (let laid = layers.get(above.beneath); laid; laid = layers.get(laid.beneath)) {
    if (laid.active && laid.serves(url)) return true;
  }
  return false;
}

/** Where a request over the network leads; `undefined` for what is none (`data:`, `blob:`) and what only the real fetch can judge. */
function urlOf(input: string | URL | Request): URL | undefined {
  const text = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}

function methodOf(input: string | URL | Request, init: RequestInit | undefined): string {
  return (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
}
