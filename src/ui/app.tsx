/**
 * The page.
 * @module
 */
import { useLayoutEffect } from 'hono/jsx/dom';
import { TABS, type Tab } from './data/state.js';
import type { Store } from './data/store.js';
import { useStore } from './parts/hooks.js';
import { nextTheme, setTheme } from './parts/theme.js';
import { Buckets } from './views/buckets.js';
import { advanceChange, toggleFrozen, toNextReset } from './views/clock.js';
import { Controls } from './views/controls/controls.js';
import { Changes, HelpDialog, TokenDialog } from './views/dialogs.js';
import { ExplainPanel } from './views/explain.js';
import { Header } from './views/header.js';
import { Providers } from './views/providers.js';
import { Requests } from './views/requests.js';
import { fitAll, pause, Timeline, zoom } from './views/timeline.js';
import { UsagePage } from './views/usage.js';
import { Verdict } from './views/verdict.js';

const TAB_WORDS: Readonly<Record<Tab, string>> = {
  live: 'Live',
  verdict: 'Verdict',
  usage: 'Usage',
  controls: 'Controls',
  providers: 'Providers',
};

/** How often countdowns and a running clock are shown anew, in milliseconds. */
const CLOCK_MS = 250;

/** The page. */
export function App({ store }: { readonly store: Store }) {
  useStore(store);
  const { state, api } = store;
  const { tab } = state;
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => shortcut(store, event);
    document.addEventListener('keydown', onKey);
    const system = matchMedia('(prefers-color-scheme: dark)');
    const onTheme = () => store.set({});
    system.addEventListener('change', onTheme);
    const timer = setInterval(() => {
      if (!document.hidden) store.passTime();
      const isRunning = state.clock !== undefined && state.clock.reading.mode !== 'frozen';
      if (isRunning && !document.hidden && performance.now() - store.shownAt >= CLOCK_MS) store.set({});
    }, CLOCK_MS);
    return () => {
      document.removeEventListener('keydown', onKey);
      system.removeEventListener('change', onTheme);
      clearInterval(timer);
    };
  }, []);
  const isAsking = state.isTokenNeeded;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header store={store} />
      <nav class="tabs" aria-label="Sections">
        {TABS.map((one, i) => (
          <button
            key={one}
            type="button"
            aria-current={tab === one ? 'page' : undefined}
            aria-keyshortcuts={String(i + 1)}
            onClick={() => store.show(one)}
          >
            {TAB_WORDS[one]}
          </button>
        ))}
      </nav>
      {/* These elements are always there: a dialog that the page moves, because something comes or goes before it, would no longer be modal. */}
      <div class="place">
        {state.connection === 'lost' || state.connection === 'refused' ? (
          <p class="notice" role="alert">
            {state.connection === 'lost' ? 'Not connected: ' : 'No access: '}
            {state.connectionDetail}
            {state.connection === 'refused' ? (
              <button type="button" onClick={() => store.set({ isTokenNeeded: true })}>
                Enter the token
              </button>
            ) : null}
          </p>
        ) : null}
        {state.connection === 'gone' ? (
          <p class="notice" role="alert">
            The sandbox {api.sandbox} was removed. What is shown is the last that was known of it.
            <button type="button" onClick={() => store.comeBack()}>
              Create it again
            </button>
          </p>
        ) : null}
      </div>
      <main id="main" class={`page-${tab}`} tabIndex={-1}>
        {tab === 'live' ? (
          <>
            <Buckets store={store} />
            <div class="live-right">
              <Timeline store={store} />
              <Requests store={store} />
            </div>
          </>
        ) : null}
        {tab === 'verdict' ? <Verdict store={store} /> : null}
        {tab === 'usage' ? <UsagePage store={store} /> : null}
        {tab === 'controls' ? <Controls store={store} /> : null}
        {tab === 'providers' ? <Providers store={store} /> : null}
      </main>
      <div class="place">
        <Changes store={store} />
      </div>
      <p class="visually-hidden" role="status" aria-live="polite">
        {state.announcement}
      </p>
      <div class="place">
        {state.explanation === undefined ? null : <ExplainPanel key="explain" store={store} />}
        {state.isHelpOpen ? <HelpDialog key="help" store={store} /> : null}
        {isAsking ? <TokenDialog key="token" store={store} /> : null}
      </div>
    </>
  );
}

function shortcut(store: Store, event: KeyboardEvent): void {
  const { state, api } = store;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  if (/^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || document.querySelector('dialog[open]') !== null) return;
  // Space and Enter press the button that has the focus.
  if (event.key === ' ' && /^(?:BUTTON|A|SUMMARY)$/.test(target.tagName)) return;
  const actions: Record<string, () => unknown> = {
    '?': () => store.set({ isHelpOpen: true }),
    f: () => toggleFrozen(store),
    s: () => store.make(advanceChange(api.sandbox, 1_000), 'Advanced 1 s'),
    n: () => toNextReset(store),
    t: () => {
      setTheme(nextTheme());
      store.set({});
    },
    '/': () => {
      store.show('live');
      requestAnimationFrame(() => document.getElementById('bucket-filter')?.focus());
    },
  };
  if (state.tab === 'live') {
    Object.assign(actions, {
      ' ': () => pause(store),
      '+': () => zoom(store, 1 / 1.5),
      '=': () => zoom(store, 1 / 1.5),
      '-': () => zoom(store, 1.5),
      '0': () => fitAll(store),
    });
  }
  const tab = TABS[Number(event.key) - 1];
  const action = actions[event.key] ?? (tab && (() => store.show(tab)));
  if (!action) return;
  event.preventDefault();
  action();
}
