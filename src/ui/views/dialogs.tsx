/**
 * The dialogs for the token and for the keyboard shortcuts, and the list of changes that were made.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import type { Store } from '../data/store.js';
import { CommandLines } from '../parts/command-lines.js';
import { Dialog } from '../parts/dialog.js';

/** Asks for the control token. */
export function TokenDialog({ store }: { readonly store: Store }) {
  const [token, setToken] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    store.useToken(token);
  };
  return (
    <Dialog title="Control token" kind="box" onClose={() => store.set({ isTokenNeeded: false })}>
      <form onSubmit={submit} class="token-form">
        <p>
          {store.api.hasToken
            ? 'The server does not accept this token.'
            : 'This server needs the control token (MOCK429_CONTROL_TOKEN).'}
        </p>
        <label class="field">
          Token
          <input
            type="password"
            value={token}
            required
            autocomplete="off"
            onInput={(event: Event) => setToken((event.target as HTMLInputElement).value)}
          />
        </label>
        <p class="muted">It is kept in this tab only, until the tab is closed.</p>
        <button type="submit" class="primary">
          Use the token
        </button>
      </form>
    </Dialog>
  );
}

/** The keyboard shortcuts. */
export const SHORTCUTS: readonly (readonly [keys: string, what: string])[] = [
  ['1 … 5', 'Live, verdict, usage, controls, providers'],
  ['Space', 'Pause or continue the timeline'],
  ['+  −', 'Zoom the timeline'],
  ['0', 'Fit all requests'],
  ['← → ↑ ↓', 'Choose a mark, when the timeline has the focus'],
  ['Enter', 'Explain the chosen request'],
  ['f', 'Freeze or run the clock'],
  ['s', 'Advance the clock by 1 s'],
  ['n', 'Advance the clock to the next reset'],
  ['/', 'Filter the buckets'],
  ['t', 'Switch the theme'],
  ['?', 'Show this help'],
  ['Esc', 'Close a dialog'],
];

/** The dialog with the shortcuts. */
export function HelpDialog({ store }: { readonly store: Store }) {
  return (
    <Dialog title="Keyboard shortcuts" kind="box" onClose={() => store.set({ isHelpOpen: false })}>
      <dl class="shortcuts">
        {SHORTCUTS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** The last change, as a command and as code; the earlier ones on request. */
export function Changes({ store }: { readonly store: Store }) {
  const [isOpen, setOpen] = useState(false);
  const { changes } = store.state;
  if (changes.length === 0) return null;
  const shown = isOpen ? changes : changes.slice(0, 1);
  return (
    <aside class="changes" aria-label="Changes made on this page">
      <header>
        <b>{isOpen ? 'Changes' : 'Last change'}</b>
        {changes.length > 1 ? (
          <button
            type="button"
            class="quiet"
            aria-expanded={isOpen ? 'true' : 'false'}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'only the last' : `all ${changes.length}`}
          </button>
        ) : null}
        <button type="button" class="quiet" aria-label="Hide the changes" onClick={() => store.set({ changes: [] })}>
          ✕
        </button>
      </header>
      <ol>
        {shown.map(({ change, sandbox, error }, i) => (
          <li key={`${changes.length - i} ${change.path}`}>
            {error === undefined ? null : <p class="failure">Refused: {error}</p>}
            <CommandLines api={store.api} change={change} sandbox={sandbox} />
          </li>
        ))}
      </ol>
    </aside>
  );
}
