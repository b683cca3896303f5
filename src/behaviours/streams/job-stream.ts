/**
 * `job.stream`: follows a job as server-sent events: one for the state that it is in, and one for each state that it comes to, until it has ended.
 * @module
 */
import type { z } from 'zod';
import { compileTemplate } from '../../limits/render/template.js';
import type { Zod } from '../../limits/zod.js';
import { isRunning, type JobItem } from '../../state/resources/item.js';
import { type Collection, type Context, defineBehaviour, type Reply } from '../behaviour.js';
import { collectionStoreOf, stateOf, viewOf, withRoot } from '../collections/shared.js';
import { collectionId, duration, itemId, json, missing, status } from '../options.js';
import type { ReplyStream, StreamChunk } from './reply-stream.js';

/** How often a stream looks at its job before it ends: an hour at one look a second. A job may run without an end. */
const MOST_LOOKS = 3_600;

const options = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      id: itemId(z),
      event: z.string().optional().describe('Name of the events; none when left out'),
      data: json(z)
        .default('${item}')
        .describe('Template of the data of an event; may use item, the job as it is shown'),
      every: duration(z)
        .default(1_000)
        .describe('How often the stream looks whether the job has been ended early; its own end is told on time'),
      status: status(z).default(200),
      missing: missing(z),
    })
    .describe('Follows a job as server-sent events');

/** The behaviour `job.stream`. */
export const jobStream = defineBehaviour<z.infer<ReturnType<typeof options>>>({
  name: 'job.stream',
  options,
  references: ({ collection, missing }) => ({ collections: [collection], lives: [collection], errors: [missing] }),
  templates: ({ id, data }) => [id, data],
  compile({ event, every, status, missing, ...given }, _operation, { collections }) {
    const collection = collections.get(given.collection)!;
    const id = compileTemplate(given.id);
    const data = compileTemplate(given.data);
    return (context): Reply => {
      const item = collectionStoreOf(collection, context).get(String(id.render(context.scope, context.now)));
      if (!item?.job) return { error: missing };
      const job = item as JobItem;
      const dataAt = (now: number) => {
        const view = viewOf(collection, job, { scope: context.scope, now });
        return data.render(withRoot(context.scope, 'item', view), now);
      };
      const name = event === undefined ? '' : `event: ${event}\n`;
      const stream = follow(collection, job, context, every / context.compress, {
        write: (now) => `${name}data: ${JSON.stringify(dataAt(now))}\n\n`,
        dataAt,
      });
      return { status, contentType: 'text/event-stream', stream };
    };
  },
});

/** The stream of one job. Instants are those of the sandbox's clock. */
function follow(
  collection: Collection,
  item: JobItem,
  { now: start }: Context,
  everyMs: number,
  { write, dataAt }: { readonly write: (now: number) => string; readonly dataAt: (now: number) => unknown },
): ReplyStream {
  let seenAt = start;
  return {
    *chunks(): Generator<StreamChunk> {
      let at = start;
      let shown: string | undefined;
      for (let looks = 0; looks < MOST_LOOKS; looks++) {
        const { endsAt } = item.job;
        const left = endsAt === null || endsAt <= at ? everyMs : endsAt - at;
        const afterMs = looks === 0 ? 0 : Math.min(everyMs, left);
        at += afterMs;
        const instant = at;
        yield {
          afterMs,
          // Read when the chunk is sent: the job may have been ended since the chunk before.
          get text() {
            seenAt = instant;
            const state = stateOf(collection, item, instant);
            if (state === shown) return '';
            shown = state;
            return write(instant);
          },
        };
        if (!isRunning(item.job, at)) return;
      }
    },
    bodyAfter: (chunks) => (chunks === 0 ? undefined : dataAt(seenAt)),
  };
}
