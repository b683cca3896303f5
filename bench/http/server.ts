/**
 * A server for as long as something needs it.
 * @module
 */
import { launch, type Server, type ServerSpec } from '../processes.js';
import type { Traffic } from '../traffic.js';

/** Where a quota has to be used up before the expected answer comes, the first answers are others. */
export async function withServer<T>(spec: ServerSpec, first: Traffic, use: (server: Server) => Promise<T>): Promise<T> {
  const server = await launch(spec, first, first.status === 429 ? [200, 429] : [first.status]);
  try {
    return await use(server);
  } finally {
    await server.end();
  }
}
