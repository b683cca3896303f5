/** A `test` with a mock of its own each time, counts and clock included, so that tests may run at the same time. */
import { test as base, inject } from 'vitest';

interface Klinky {
  readonly url: string;
  /** A call of the control API; see http://127.0.0.1:4290/__mock429/openapi.json of a running mock. */
  control(method: string, path: string, body?: object): Promise<void>;
}

export const test = base.extend<{ klinky: Klinky }>({
  klinky: async ({ task }, use) => {
    const url = `${inject('klinkyUrl')}/~${task.id}`;
    const control = async (method: string, path: string, body?: object) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const response = await fetch(`${url}/__mock429${path}`, init);
      if (!response.ok) throw new Error(await response.text());
    };
    // In watch mode the same test comes back to the same sandbox.
    await control('POST', '/reset', { clock: true, accounts: true });
    await use({ url, control });
  },
});
