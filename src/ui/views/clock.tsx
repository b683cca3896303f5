/**
 * The clock of the sandbox: reads and moves it.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import type { Change } from '../data/change.js';
import { literal, mockOf } from '../data/commands.js';
import type { Store } from '../data/store.js';
import { nextReset } from '../model/buckets.js';
import { timeOfDay } from '../model/format.js';

/** Freezes or starts the clock. */
export function freezeChange(sandbox: string, frozen: boolean): Change {
  const body = { frozen };
  return { method: 'PUT', path: '/clock', body, code: `await ${mockOf(sandbox)}.clock.set(${literal(body)})` };
}

/** Advances the clock. */
export function advanceChange(sandbox: string, ms: number): Change {
  const body = ms === 1_000 ? { duration: '1s' } : { ms };
  const by = ms === 1_000 ? "'1s'" : String(ms);
  return { method: 'POST', path: '/clock/advance', body, code: `await ${mockOf(sandbox)}.clock.advance(${by})` };
}

/** Moves the clock to an instant, or sets its rate. */
export function setClockChange(sandbox: string, body: { now?: string; rate?: number }): Change {
  return { method: 'PUT', path: '/clock', body, code: `await ${mockOf(sandbox)}.clock.set(${literal(body)})` };
}

/** Moves the clock on to the next reset of a bucket. */
export async function toNextReset(store: Store): Promise<void> {
  const now = store.now();
  const at = nextReset(store.state.quotas, now);
  if (at === undefined) {
    store.set({ announcement: 'No bucket has a reset ahead' });
    return;
  }
  await store.make(advanceChange(store.api.sandbox, Math.max(1, Math.ceil(at - now))), 'Advanced to the next reset');
}

/** Freezes a clock that runs, and starts one that stands. */
export function toggleFrozen(store: Store): Promise<boolean> {
  const isFrozen = store.state.clock?.reading.mode === 'frozen';
  return store.make(freezeChange(store.api.sandbox, !isFrozen), isFrozen ? 'The clock runs' : 'The clock is frozen');
}

/** The controls of the clock. */
export function Clock({ store }: { readonly store: Store }) {
  const [isOpen, setOpen] = useState(false);
  const { state, api } = store;
  const reading = state.clock?.reading;
  const isFrozen = reading?.mode === 'frozen';
  const now = store.now();
  const iso = new Date(now).toISOString();
  return (
    <section class="clock" aria-label="Clock of the sandbox">
      <div class="clock-face">
        <time dateTime={iso} data-epoch={Math.floor(now)}>
          <span class="muted">{iso.slice(0, 10)}</span> <b>{isFrozen ? timeOfDay(now) : timeOfDay(now).slice(0, 8)}</b>
        </time>
        <span class="muted clock-mode">
          UTC · {reading?.mode ?? '…'}
          {reading && !isFrozen && reading.rate !== 1 ? ` ×${reading.rate}` : ''}
        </span>
      </div>
      <fieldset class="buttons" aria-label="Move the clock">
        <button type="button" aria-keyshortcuts="f" onClick={() => toggleFrozen(store)}>
          {isFrozen ? 'Run' : 'Freeze'}
        </button>
        <button
          type="button"
          aria-keyshortcuts="s"
          onClick={() => store.make(advanceChange(api.sandbox, 1_000), 'Advanced 1 s')}
        >
          +1 s
        </button>
        <button type="button" aria-keyshortcuts="n" onClick={() => toNextReset(store)}>
          Next reset
        </button>
        <button
          type="button"
          aria-expanded={isOpen ? 'true' : 'false'}
          aria-controls="clock-set"
          onClick={() => setOpen(!isOpen)}
        >
          Set…
        </button>
      </fieldset>
      {isOpen ? <SetClock store={store} iso={iso} onDone={() => setOpen(false)} /> : null}
    </section>
  );
}

function SetClock({
  store,
  iso,
  onDone,
}: {
  readonly store: Store;
  readonly iso: string;
  readonly onDone: () => void;
}) {
  const [now, setNow] = useState(iso.slice(0, 19));
  const [rate, setRate] = useState(String(store.state.clock?.reading.rate ?? 1));
  const { sandbox } = store.api;
  const moveTo = async (event: Event) => {
    event.preventDefault();
    if (await store.make(setClockChange(sandbox, { now: `${now}Z` }), 'The clock was set')) onDone();
  };
  const setTheRate = async (event: Event) => {
    event.preventDefault();
    if (await store.make(setClockChange(sandbox, { rate: Number(rate) }), `The clock runs at rate ${rate}`)) onDone();
  };
  return (
    <div class="popover" id="clock-set">
      <form onSubmit={moveTo}>
        <label>
          Instant (UTC)
          <input
            type="text"
            value={now}
            pattern="\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?"
            title="2026-05-12T08:00:00"
            onInput={(event: Event) => setNow((event.target as HTMLInputElement).value)}
          />
        </label>
        <button type="submit">Go there</button>
      </form>
      <form onSubmit={setTheRate}>
        <label>
          Rate (virtual per real)
          <input
            type="number"
            min="0"
            max="1000000"
            step="any"
            value={rate}
            onInput={(event: Event) => setRate((event.target as HTMLInputElement).value)}
          />
        </label>
        <button type="submit">Set the rate</button>
      </form>
    </div>
  );
}
