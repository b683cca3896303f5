/**
 * The store of a sandbox in memory.
 * @module
 */
import { Clock, MACHINE_TIME, type TimeSource } from '../runtime/clock.js';
import { Accounts } from '../state/accounts.js';
import { MemoryBuckets } from '../state/buckets/bucket-store.js';
import { Calls } from '../state/calls.js';
import { Endpoints } from '../state/endpoints.js';
import { Ids } from '../state/ids.js';
import { Journal } from '../state/journal/journal.js';
import { Resources } from '../state/resources/resources.js';
import { Responses } from '../state/responses.js';
import { Faults } from './faults/faults.js';
import { rowShape } from './journal/row.js';
import type { CreateStore, SandboxStore, StoreOptions } from './store.js';

/** Creates a store that lives as long as the process, on the machine's time. */
export const createMemoryStore: CreateStore = (_sandbox, options) => memoryStore(options, MACHINE_TIME);

/** Creates a store that lives as long as the process. @param time where its clock gets real time from */
export function memoryStore(
  { providers, clock: initial, maxBuckets, journalSize, failed }: StoreOptions,
  time: TimeSource,
): SandboxStore {
  const clock = new Clock(initial, failed, time);
  return {
    clock,
    faults: new Faults(clock),
    journal: new Journal(rowShape(providers.map(({ policies }) => policies.length)), journalSize),
    openProvider: () => ({
      buckets: new MemoryBuckets(maxBuckets),
      calls: new Calls(),
      resources: new Resources(),
      ids: new Ids(),
      cache: new Responses(),
      idempotency: new Responses(),
      jobDefaults: {},
      warned: new Set<string>(),
    }),
    openAccounts: (defaultPlan) => new Accounts(defaultPlan),
    openEndpoints: () => new Endpoints(),
    openResponses: () => new Responses(),
  };
}
