/**
 * The flags of replicas: the store that they share, and how many processes this machine runs.
 * @module
 */
import { type Command, Option } from 'commander';
import { OptionError } from '../../options/options.js';
import type { Replication } from '../../replicas/join.js';
import type { OnStoreFailure } from '../../replicas/replica.js';
import type { Io } from '../terminal/io.js';
import { integer, oneOf, parseWith } from './values.js';

/** Parsed flags, as Commander names them. */
export interface StoreFlags {
  store?: string;
  onStoreFailure?: OnStoreFailure;
  workers?: number;
  state?: string;
  watch?: boolean;
}

const failure = oneOf<OnStoreFailure>('what to do', ['503', 'refuse', 'local']);
const workers = integer('a number of processes', 1, 256);

/** The store of `--workers` where none is given. */
const LOCAL_STORE = 'redis://127.0.0.1:6379';

/** What helps where there is no local store. */
const HOW_TO_START =
  "workers share their state in a store: start one (redis-server --save '', or docker run -p 6379:6379 redis:7), or name one with --store";

/** Adds the flags to a command. */
export function addStoreOptions(command: Command): Command {
  return command
    .option(
      '--store <url>',
      'share all state with the other servers that name this Redis or Valkey: redis://[user:password@]host[:port][/database][?prefix=NAME], rediss:// for TLS, redis+cluster://, redis+sentinel:// [MOCK429_STORE]',
    )
    .addOption(
      new Option(
        '--on-store-failure <what>',
        'while the store does not work: answer 503, refuse (close connections), or answer from the local state (default: 503) [MOCK429_ON_STORE_FAILURE]',
      ).argParser(failure),
    )
    .addOption(
      new Option(
        '--workers <n>',
        `serve the port with this many processes, which share their state in the store (default store: ${LOCAL_STORE}) [MOCK429_WORKERS]`,
      ).argParser(workers),
    );
}

/** How many processes are to serve. @throws OptionError */
export function workersOf(flags: StoreFlags, io: Io): number {
  return flags.workers ?? parseWith(workers, io.env('MOCK429_WORKERS'), 'MOCK429_WORKERS') ?? 1;
}

/**
 * How the state is shared; `undefined` if it is not.
 *
 * @throws OptionError where the URL is invalid, or flags do not fit together
 */
export async function replicationOf(flags: StoreFlags, io: Io): Promise<Replication | undefined> {
  const given = flags.store ?? io.env('MOCK429_STORE');
  const url = given ?? (workersOf(flags, io) > 1 ? LOCAL_STORE : undefined);
  const variable = 'MOCK429_ON_STORE_FAILURE';
  const onFailure = flags.onStoreFailure ?? parseWith(failure, io.env(variable), variable);
  if (url === undefined) {
    if (flags.onStoreFailure) throw new OptionError('--on-store-failure is for --store; add it');
    return undefined;
  }
  if (flags.state ?? io.env('MOCK429_STATE'))
    throw new OptionError('the state is in the store (--store), so it cannot be in a file as well; leave out --state');
  if (flags.watch)
    throw new OptionError('replicas must serve the same files, so --store does not go with --watch; leave out one');
  const { parseStoreUrl } = await import('../../replicas/log/store-url.js');
  const address = attempt(() => parseStoreUrl(url));
  return {
    onFailure: onFailure ?? '503',
    ...(given === undefined ? { hint: HOW_TO_START } : {}),
    async openLog() {
      const { RedisLog } = await import('../../replicas/log/redis-log.js');
      return new RedisLog(address);
    },
  };
}

function attempt<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new OptionError((error as Error).message);
  }
}
