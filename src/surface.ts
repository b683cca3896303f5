/**
 * A sandbox as a program in the same process has it: thin doors to what HTTP uses as well.
 * @module
 */
import type { MockSandbox } from './mock-sandbox.js';
import type { FaultInput } from './sandbox/faults/schema.js';
import { listFaults, maskedAccount } from './sandbox/masking/masking.js';
import type { Sandbox } from './sandbox/sandbox.js';
import type { ReportOptions } from './sandbox/verdict/report.js';
import type { Report } from './verdict/report/report.js';

/** What is loaded for method calls only. */
export interface Methods {
  readonly checkFault: (input: FaultInput) => FaultInput;
  readonly reportOf: (sandbox: Sandbox, options?: ReportOptions) => Report;
}

/** @param at gives the sandbox, which may be another than the last time: one that nobody used for long is made anew */
export function surface(
  at: () => Sandbox,
  send: (request: Request) => Promise<Response>,
  { checkFault, reportOf }: Methods,
): Omit<MockSandbox, 'intercept'> {
  return {
    // Async, so that a request that cannot be made is a rejection.
    fetch: async (input, init) =>
      send(
        new Request(
          typeof input === 'string' && input.startsWith('/') ? `http://mock429.localhost${input}` : input,
          init,
        ),
      ),
    clock: {
      now: () => at().clock.now(),
      read: () => at().clock.read(),
      advance: (by) => at().advanceClock(by),
      set: (change) => at().setClock(change),
      freeze: () => at().setClock({ frozen: true }),
      resume: () => at().setClock({ frozen: false }),
    },
    quotas: () => at().quotas(),
    setQuota: (change) => at().setQuota(change),
    setAccount: (profile, account, change) => {
      const sandbox = at();
      return maskedAccount(sandbox.secrets, sandbox.setAccount(profile, account, change));
    },
    faults: {
      add: (fault) => at().addFault(checkFault(fault)),
      list: () => listFaults(at()),
      remove: (id) => at().faults.remove(id),
    },
    jobs: {
      list: () => at().jobs.list(),
      set: (id, change) => at().jobs.set(id, change),
      defaults: (profile) => at().jobs.defaults(profile),
      setDefaults: (profile, change) => at().jobs.setDefaults(profile, change),
    },
    requests: (filter) => at().requests(filter),
    async waitForRequests({ signal, ...wait } = {}) {
      const requests = await at().waitForRequests(wait, signal);
      signal?.throwIfAborted();
      return requests;
    },
    clearRequests: () => at().journal.clear(),
    on: (type, listener) => at().events.on(type, listener),
    inFlight: () => at().inFlight(),
    reset: (options) => at().reset(options),
    report: (options) => reportOf(at(), options),
    explain: (request) => at().explain(request),
    snapshot: (options) => at().snapshot(options),
    restore: (snapshot) => at().restore(snapshot, checkFault),
  };
}
