/** A `test` with a mock of its own each time, counts and clock included, so that tests may run at the same time; and its client is judged in the end. */
import { test as base, inject } from 'vitest';

interface Klinky {
  readonly url: string;
  /** A call of the control API: docs/control.md of mock429 lists them. */
  control(method: string, path: string, body?: object): Promise<Response>;
}

export const test = base.extend<{ klinky: Klinky }>({
  klinky: async ({ task }, use) => {
    const url = `${inject('klinkyUrl')}/~${task.id}`;
    const control = async (method: string, path: string, body?: object) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const response = await fetch(`${url}/__mock429${path}`, init);
      if (!response.ok) throw new Error(await response.text());
      return response;
    };
    // In watch mode the same test comes back to the same sandbox.
    await control('POST', '/reset', { clock: true, accounts: true });
    await use({ url, control });
    const { verdict } = (await (await control('GET', '/report')).json()) as { verdict: 'pass' | 'warn' | 'fail' };
    if (verdict === 'fail') throw new Error(await (await control('GET', '/report?format=text')).text());
  },
});
