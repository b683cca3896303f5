/**
 * Builds the methods of a sandbox: the operations, bound to the sandbox.
 * @module
 */

import type { MethodsOf, Operation, OperationContext } from './http/control/operation.js';
import { operations } from './http/control/operations/index.js';
import type { MockSandbox } from './mock-sandbox.js';
import type { Sandbox } from './sandbox/sandbox.js';

/** What operations need besides the sandbox. It is loaded only for method calls. */
export type Methods = Omit<OperationContext, 'sandbox'>;

/**
 * Creates the methods of a sandbox.
 *
 * @param at returns the sandbox. It may be another object than at the last call: an evicted sandbox is created again
 * @param send answers a request in this process
 */
export function surface(
  at: () => Sandbox,
  send: (request: Request) => Promise<Response>,
  methods: Methods,
): Omit<MockSandbox, 'intercept'> {
  const bound = bind(operations, () => ({ sandbox: at(), ...methods }));
  return {
    ...bound,
    // Async, so that an invalid request is a rejection.
    fetch: async (input, init) =>
      send(
        new Request(
          typeof input === 'string' && input.startsWith('/') ? `http://mock429.localhost${input}` : input,
          init,
        ),
      ),
    clock: {
      ...bound.clock,
      now: () => at().clock.now(),
      freeze: () => at().setClock({ frozen: true }),
      resume: () => at().setClock({ frozen: false }),
    },
    on: (type, listener) => at().events.on(type, listener),
  };
}

/** Turns the tree of operations into methods. */
function bind<T extends object>(tree: T, context: () => OperationContext): MethodsOf<T> {
  return Object.fromEntries(
    Object.entries(tree).map(([name, node]: [string, object]) => [
      name,
      'run' in node
        ? (...args: unknown[]) => (node as Operation<unknown[], unknown>).run(context(), ...args)
        : bind(node, context),
    ]),
  ) as MethodsOf<T>;
}
