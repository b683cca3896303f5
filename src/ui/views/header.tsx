/**
 * The head of the page: the sandbox, the connection, the totals, the clock and the theme.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import type { Store } from '../data/store.js';
import { number, timeOfDay } from '../model/format.js';
import { nextTheme, setTheme, themeInUse } from '../parts/theme.js';
import { Clock } from './clock.js';
import { VerdictBadge } from './verdict.js';

const CONNECTION = {
  connecting: 'connecting',
  live: 'live',
  lost: 'reconnecting',
  refused: 'no access',
  gone: 'removed',
} as const;

/** The head of the page. */
export function Header({ store }: { readonly store: Store }) {
  const { state, api } = store;
  const { connection, connectionDetail, total, rate, report, version, sandboxes } = state;
  const [theme, setShown] = useState(themeInUse());
  const names = ['', ...sandboxes.map(({ name }) => name)];
  const known = names.includes(api.sandbox) ? names : [...names, api.sandbox];
  return (
    <header class="head">
      <div class="brand">
        <svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true">
          <rect width="16" height="16" rx="3.5" class="brand-back" />
          <path d="M3.5 5h9M3.5 8h6M3.5 11h3" class="brand-lines" />
        </svg>
        <h1>mock429</h1>
        <span class="muted version">{version}</span>
        <span class={`connection ${connection}`} title={connectionDetail}>
          <i aria-hidden="true" /> {CONNECTION[connection]}
        </span>
      </div>
      <label class="sandbox">
        <span class="muted">Sandbox</span>
        <select
          aria-label="Sandbox"
          onChange={(event: Event) => location.assign(api.url('/ui', (event.target as HTMLSelectElement).value))}
          value={api.sandbox}
        >
          {known.map((name) => (
            <option key={name} value={name} selected={name === api.sandbox}>
              {name === '' ? 'main' : name}
            </option>
          ))}
        </select>
      </label>
      <dl class="totals">
        <div>
          <dt>requests</dt>
          <dd data-testid="total-requests">{number(total.requests)}</dd>
        </div>
        <div>
          <dt>refused</dt>
          <dd data-testid="total-refused">{number(total.refused)}</dd>
        </div>
        <div>
          <dt>per second</dt>
          <dd>{number(Math.round(rate))}</dd>
        </div>
        {report === undefined ? null : (
          <div>
            <dt>{store.isReportBehind ? `verdict of ${timeOfDay(state.reportAt).slice(0, 8)}` : 'verdict'}</dt>
            <dd>
              <VerdictBadge verdict={report.verdict} judged={report.requests.judged} />
            </dd>
          </div>
        )}
      </dl>
      <Clock store={store} />
      <div class="buttons head-buttons">
        <button
          type="button"
          class="icon"
          aria-label={`Theme: ${theme}`}
          title={`Theme: ${theme} (t)`}
          aria-keyshortcuts="t"
          onClick={() => {
            setTheme(nextTheme());
            setShown(themeInUse());
            store.set({});
          }}
        >
          {theme === 'dark' ? '☾' : theme === 'light' ? '☀' : '◐'}
        </button>
        <button
          type="button"
          class="icon"
          aria-label="Keyboard shortcuts"
          aria-keyshortcuts="?"
          onClick={() => store.set({ isHelpOpen: true })}
        >
          ?
        </button>
      </div>
    </header>
  );
}
