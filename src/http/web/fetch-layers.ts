/**
 * Layers over the global `fetch`. Layers stack, and each can be removed in any order. A request that no layer serves reaches the original `fetch`.
 * @module
 */
import { isLoopbackAddress } from '../control/guard.js';
import { ownPorts } from '../interception/bypass.js';

/** The type of the global `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** A layer over the global `fetch`. */
export interface FetchLayer {
  /** Whether the layer answers requests to the URL. */
  serves(url: URL): boolean;
  /** Answers a request. */
  answer(request: Request): Promise<Response>;
  /** Creates the error for a request that no layer serves. Without it the request goes to the original `fetch`. */
  readonly refuse?: ((method: string, url: URL) => Error) | undefined;
}

interface StackedLayer extends FetchLayer {
  readonly next: Fetch;
  active: boolean;
}

const layers = new WeakMap<Fetch, StackedLayer>();

/**
 * Adds a layer over the global `fetch`.
 *
 * @returns a function that removes the layer; it is idempotent
 */
export function addFetchLayer({ serves, answer, refuse }: FetchLayer): () => void {
  const layer: StackedLayer = { serves, answer, refuse, next: globalThis.fetch, active: true };
  // Async, so that an invalid request is a rejection, as with the original `fetch`.
  const fetch: Fetch = async (input, init) => {
    const url = layer.active ? urlOf(input) : undefined;
    if (url === undefined) return layer.next(input, init);
    if (serves(url)) return answer(new Request(input, init));
    if (refuse && !isOwn(url) && !servedBelow(layer, url)) throw refuse(methodOf(input, init), url);
    return layer.next(input, init);
  };
  layers.set(fetch, layer);
  globalThis.fetch = fetch;
  return () => {
    layer.active = false;
    // If other code has replaced `fetch` since, that replacement stays. The inactive layer below it passes all requests on.
    for (let top = layers.get(globalThis.fetch); top?.active === false; top = layers.get(globalThis.fetch)) {
      globalThis.fetch = top.next;
    }
  };
}

/** Whether the URL leads to a mock of this process. */
function isOwn({ hostname, port, protocol }: URL): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  return (
    ownPorts.has(Number(port || (protocol === 'https:' ? 443 : 80))) &&
    (name === 'localhost' || isLoopbackAddress(name))
  );
}

function servedBelow(above: StackedLayer, url: URL): boolean {
  for (let layer = layers.get(above.next); layer; layer = layers.get(layer.next)) {
    if (layer.active && layer.serves(url)) return true;
  }
  return false;
}

/** The URL of a request over the network; `undefined` for other schemes (`data:`, `blob:`) and for input that only the original `fetch` can judge. */
function urlOf(input: string | URL | Request): URL | undefined {
  const text = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}

function methodOf(input: string | URL | Request, init: RequestInit | undefined): string {
  return (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
}
