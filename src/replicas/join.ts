/**
 * Makes a mock one of several replicas.
 * @module
 */
import { createHash } from 'node:crypto';
import { changeNamed } from '../http/control/operations/index.js';
import type { Provider } from '../profile/compiled/provider.js';
import { MACHINE_TIME, type TimeSource } from '../runtime/clock.js';
import { VERSION } from '../runtime/version.js';
import type { Core, SandboxHooks, WriteLog } from '../sandbox/core.js';
import { checkFault } from '../sandbox/faults/schema.js';
import { memoryStore } from '../sandbox/memory-store.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Sandboxes, SandboxesOptions } from '../sandbox/sandboxes.js';
import { editionOf } from '../sandbox/snapshot/edition.js';
import { reportOf } from '../sandbox/verdict/report.js';
import type { LogBytes } from './checkpoint-duty.js';
import { LOG_VERSION } from './inputs.js';
import { type OnStoreFailure, Replica } from './replica.js';
import { LogError, type SharedLog } from './shared-log.js';
import type { Operations } from './state-machine.js';
import { ReplicaTime } from './time.js';

/** How a mock shares its state with others. */
export interface Replication {
  /** Opens the log that the replicas share. */
  readonly openLog: () => SharedLog | Promise<SharedLog>;
  readonly onFailure: OnStoreFailure;
  /** What helps if the store cannot be reached at the start. */
  readonly hint?: string | undefined;
  /** This machine's time. Default: the machine's. */
  readonly machine?: TimeSource | undefined;
  /** When the log is cut off by a checkpoint. Default: that of `Replica`. */
  readonly logBytes?: LogBytes | undefined;
}

/** The parts of a mock that depend on whether it is a replica. */
export interface ReplicatedParts {
  /** Options that the sandboxes need. */
  readonly options: Pick<SandboxesOptions, 'createStore' | 'mayEvict' | 'isReplicated' | 'maxSandboxBytes' | 'deliver'>;
  readonly log: WriteLog;
  /** Joins the others. @throws LogError */
  join(sandboxes: Sandboxes): Promise<Replica>;
}

/** Options that decide what a replica computes. All replicas must have the same. */
export type DecidingOptions = Readonly<Record<string, unknown>>;

/**
 * Prepares the parts of a replica.
 *
 * @param write the log. Lines about requests of other replicas are left out
 * @param hooks those of the sandboxes. They are not called for requests of other replicas
 */
export function prepareReplica(
  { openLog, onFailure, hint, machine = MACHINE_TIME, logBytes }: Replication,
  providers: readonly Provider[],
  plans: Readonly<Record<string, string>>,
  deciding: DecidingOptions,
  deliver: Core['deliver'],
  write: WriteLog,
  hooks: SandboxHooks,
): ReplicatedParts {
  let replica: Replica | undefined;
  const time = new ReplicaTime();
  const log: WriteLog = (...line) => {
    if (!replica?.isForeign) write(...line);
  };
  let answered: SandboxHooks['answered'];
  // Whoever sets the hook hears of the requests of this replica only.
  Object.defineProperty(hooks, 'answered', {
    get: () => (replica?.isForeign ? undefined : answered),
    set: (listener: SandboxHooks['answered']) => {
      answered = listener;
    },
  });
  return {
    options: {
      createStore: (_name, options) => memoryStore(options, time),
      mayEvict: () => replica?.isApplying ?? false,
      isReplicated: true,
      // Estimates of memory differ between replicas, so they must decide nothing.
      maxSandboxBytes: Number.MAX_SAFE_INTEGER,
      deliver: (...args) => replica!.deliver(...args),
    },
    log,
    async join(sandboxes) {
      const identity = {
        version: `${VERSION}/${LOG_VERSION}`,
        configuration: hashOf([
          providers.map((provider) => [provider.id, editionOf(provider, plans[provider.id]), provider.variants]),
          deciding,
        ]),
      };
      const opened = await openLog();
      replica = new Replica(sandboxes, {
        log: opened,
        identity,
        ...{ time, machine, onFailure, operations: OPERATIONS, checkFault, deliver, write, logBytes },
      });
      try {
        await replica.start();
      } catch (error) {
        await opened.close();
        if (hint === undefined || !(error instanceof LogError && error.failure === 'unreachable')) throw error;
        throw new LogError('unreachable', `${error.message}; ${hint}`, { cause: error });
      }
      return replica;
    },
  };
}

const contextOf = (sandbox: Sandbox) => ({ sandbox, checkFault, reportOf });

/** The operations of the control API, by their names in the log. */
const OPERATIONS: Operations = {
  async prepare(sandbox, name, args) {
    try {
      await changeNamed(name)?.prepare?.(contextOf(sandbox), ...args);
    } catch {
      // `run` meets the same error, and reports it.
    }
  },
  run(sandbox, name, args) {
    const change = changeNamed(name);
    if (!change) throw new Error(`there is no operation "${name}"`);
    return change.run(contextOf(sandbox), ...args);
  },
};

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
