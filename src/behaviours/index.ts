/**
 * The registry of behaviours. A new one is one file and one line here; the profile's schema is generated from it.
 * @module
 */
import { batch } from './batch.js';
import type { Behaviour } from './behaviour.js';
import { collectionBulkCreate, collectionBulkDelete } from './collections/bulk.js';
import { collectionList } from './collections/list.js';
import { collectionRead } from './collections/read.js';
import { collectionCreate, collectionDelete, collectionUpdate } from './collections/write.js';
import { example } from './example.js';
import { jobBatch, jobReadBatch } from './jobs/batch.js';
import { jobCancel, jobCreate } from './jobs/job.js';
import { price } from './price.js';
import { respond } from './respond.js';
import { series } from './series.js';
import { chatStream } from './streams/chat-stream.js';
import { jobStream } from './streams/job-stream.js';

/** All behaviours by name. */
export const behaviours = {
  example,
  respond,
  price,
  series,
  batch,
  'chat.stream': chatStream,
  'collection.list': collectionList,
  'collection.read': collectionRead,
  'collection.create': collectionCreate,
  'collection.update': collectionUpdate,
  'collection.delete': collectionDelete,
  'collection.bulk-create': collectionBulkCreate,
  'collection.bulk-delete': collectionBulkDelete,
  'job.create': jobCreate,
  'job.batch': jobBatch,
  'job.read-batch': jobReadBatch,
  'job.cancel': jobCancel,
  'job.stream': jobStream,
} as const;

/** The name of a behaviour. */
export type BehaviourName = keyof typeof behaviours;

/** The behaviour of a name, without the type of its options: its own schema has checked them. */
export function behaviour(name: BehaviourName): Behaviour {
  return behaviours[name] as unknown as Behaviour;
}
