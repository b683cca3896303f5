/**
 * Sandboxes: switches to one, makes and removes them, resets and saves this one.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import { removeSandboxChange, resetChange } from '../../data/changes.js';
import type { Store } from '../../data/store.js';
import { bytes, number } from '../../model/format.js';
import { CommandLines } from '../../parts/command-lines.js';
import { Field } from '../../parts/fields.js';

/** The panel of the sandboxes. */
export function Sandboxes({ store }: { readonly store: Store }) {
  const { state, api } = store;
  const [name, setName] = useState('');
  const [withClock, setWithClock] = useState(false);
  const [withAccounts, setWithAccounts] = useState(false);
  const reset = resetChange(api.sandbox, { clock: withClock, accounts: withAccounts });
  const create = (event: Event) => {
    event.preventDefault();
    location.assign(api.url('/ui', name));
  };
  return (
    <section class="panel" aria-labelledby="sandboxes-title">
      <header class="panel-head">
        <h2 id="sandboxes-title">
          Sandboxes <span class="count">{state.sandboxes.length}</span>
        </h2>
        <button type="button" onClick={() => download(store)}>
          Save a snapshot
        </button>
      </header>
      <ul class="rows">
        <li>
          <a class="grow" href={api.url('/ui', '')} aria-current={api.sandbox === '' ? 'page' : undefined}>
            main sandbox
          </a>
        </li>
        {state.sandboxes.map((sandbox) => (
          <li key={sandbox.name}>
            <a
              class="grow"
              href={api.url('/ui', sandbox.name)}
              aria-current={api.sandbox === sandbox.name ? 'page' : undefined}
            >
              {sandbox.name}
            </a>
            <span class="muted">
              {number(sandbox.requests)} requests · {bytes(sandbox.bytes)} · {sandbox.clock.mode}
            </span>
            <button
              type="button"
              aria-label={`Delete the sandbox ${sandbox.name}`}
              disabled={api.sandbox === sandbox.name}
              title={api.sandbox === sandbox.name ? 'This page shows it' : ''}
              onClick={() => store.make(removeSandboxChange(sandbox.name), `The sandbox ${sandbox.name} was deleted`)}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
      <form class="grid-form" aria-label="Open another sandbox" onSubmit={create}>
        <Field
          label="Name"
          value={name}
          pattern="[A-Za-z0-9._\-]{1,100}"
          required
          placeholder="t1"
          onChange={setName}
        />
        <button type="submit" class="primary">
          Create or open
        </button>
      </form>
      <form
        class="grid-form"
        aria-label="Reset this sandbox"
        onSubmit={(event: Event) => {
          event.preventDefault();
          void store.make(reset, 'The sandbox was reset');
        }}
      >
        <fieldset class="variants">
          <legend>Reset counters, journal, faults, jobs and stored items of this sandbox</legend>
          <label>
            <input type="checkbox" checked={withClock} onChange={() => setWithClock(!withClock)} />{' '}
            <span>and the clock</span>
          </label>
          <label>
            <input type="checkbox" checked={withAccounts} onChange={() => setWithAccounts(!withAccounts)} />{' '}
            <span>and the accounts</span>
          </label>
        </fieldset>
        <CommandLines api={api} change={reset} sandbox={api.sandbox} />
        <button type="submit" class="danger">
          Reset
        </button>
      </form>
    </section>
  );
}

/** Saves the snapshot as a file. It contains credentials in full. */
async function download(store: Store): Promise<void> {
  const response = await store.api.send('/snapshot').catch((error: Error) => {
    store.set({ announcement: error.message });
    return undefined;
  });
  if (!response) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = `mock429-${store.api.sandbox || 'main'}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
  store.set({ announcement: 'The snapshot was saved' });
}
