/**
 * Layers over the outgoing connections of this process. Layers stack, and each can be removed in any order. The latest layer that serves an origin answers there.
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Incoming } from '../socket/incoming.js';
import { directConnections, releaseConnections } from './connections.js';
import type { Hub, Wanted } from './hub.js';

/** A layer over the outgoing connections. */
export interface ConnectionLayer {
  /** Origins that the layer answers: `https://api.example.com`. */
  readonly origins: ReadonlySet<string>;
  /** Answers a request to one of them. */
  answer(origin: string, incoming: Incoming, outgoing: ServerResponse, socket: Socket): void;
  /** Creates the error for a request that no layer answers. Without it the request goes out. */
  readonly refuse?: ((method: string, url: URL) => Error) | undefined;
}

let layers: readonly ConnectionLayer[] = [];
let hub: Promise<Hub> | undefined;

/** Adds a layer. @returns a function that removes it; it is idempotent */
export function addConnectionLayer(layer: ConnectionLayer): () => void {
  layers = [layer, ...layers];
  directConnections({ serves, refusesOthers: () => refusing() !== undefined, hub: openHub });
  return () => {
    layers = layers.filter((other) => other !== layer);
    if (layers.length === 0) releaseConnections();
    // Clients keep connections that are idle. The next request must reach what is there without this layer.
    hub?.then(({ prune }) => prune((wanted) => serves(wanted) || refusing() !== undefined)).catch(() => {});
  };
}

function serves(wanted: Wanted): boolean {
  return originsOf(wanted).some((origin) => layers.some(({ origins }) => origins.has(origin)));
}

function refusing(): ConnectionLayer['refuse'] {
  return layers.find(({ refuse }) => refuse !== undefined)?.refuse;
}

/** The origins that a connection may be for. */
function originsOf({ host, port }: Wanted): string[] {
  const name = host.includes(':') ? `[${host}]` : host;
  return [
    port === 443 ? `https://${name}` : `https://${name}:${port}`,
    port === 80 ? `http://${name}` : `http://${name}:${port}`,
  ];
}

function openHub(): Promise<Hub> {
  if (hub) return hub;
  const names = layers.flatMap(({ origins }) => [...origins].map((origin) => new URL(origin).hostname));
  const opening = import('./hub.js').then(({ startHub }) =>
    startHub({ answer }, [...new Set(names.map((name) => name.replace(/^\[|\]$/g, '')))]),
  );
  opening.catch(() => {
    hub = undefined;
  });
  hub = opening;
  return opening;
}

function answer(origin: string, incoming: Incoming, outgoing: ServerResponse, socket: Socket): Error | undefined {
  const layer = layers.find(({ origins }) => origins.has(origin));
  if (layer) {
    layer.answer(origin, incoming, outgoing, socket);
    return undefined;
  }
  const refuse = refusing();
  const { method, url } = incoming as { method: string; url: string };
  if (refuse) return refuse(method, URL.canParse(url, origin) ? new URL(url, origin) : new URL(origin));
  // The layer was removed while the request was on its way. To the client this is a server that closes an idle connection, which it tries again.
  return Object.assign(new Error(`${origin} is not intercepted any more`), { code: 'ECONNRESET' });
}
