/**
 * Every live bucket as a bar that fills, those nearest to their limit first. Only the rows in sight are in the document, so that tens of thousands scroll smoothly.
 * @module
 */
import { useMemo, useState } from 'hono/jsx/dom';
import type { Store } from '../data/store.js';
import type { Quota } from '../data/types.js';
import { bucketHashes, byNearness, fillOf, filterBuckets, usedShare, visibleRows } from '../model/buckets.js';
import { duration, facts, number } from '../model/format.js';
import { HashMark } from '../parts/hash-mark.js';
import { useSize } from '../parts/hooks.js';

/** Height of a row in pixels, as in the style sheet. */
const ROW = 58;

/** How many more buckets each press of the button asks for, as a factor. */
const MORE = 5;

/** The list of buckets. */
export function Buckets({ store }: { readonly store: Store }) {
  const { state } = store;
  const { ref, height } = useSize<HTMLDivElement>();
  const [scrollTop, setScrollTop] = useState(0);
  const { quotas, bucketFilter } = state;
  const sorted = useMemo(() => byNearness(quotas), [quotas]);
  const hashes = useMemo(() => bucketHashes(quotas), [quotas]);
  const shown = useMemo(() => filterBuckets(sorted, bucketFilter), [sorted, bucketFilter]);
  const { first, last } = visibleRows(shown.length, { rowHeight: ROW, height: height || 600, scrollTop });
  const now = store.now();
  const more = state.quotaTotal - state.quotas.length;
  return (
    <section class="panel buckets" aria-labelledby="buckets-title">
      <header class="panel-head">
        <h2 id="buckets-title">
          Buckets{' '}
          <span class="count" data-testid="bucket-total">
            {number(state.quotaTotal)}
          </span>
        </h2>
        <input
          id="bucket-filter"
          type="search"
          placeholder="Filter by policy, key …"
          aria-label="Filter the buckets"
          aria-keyshortcuts="/"
          value={state.bucketFilter}
          onInput={(event: Event) => store.set({ bucketFilter: (event.target as HTMLInputElement).value })}
        />
      </header>
      <section
        ref={ref}
        class="scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls it
        tabIndex={0}
        aria-label="Buckets, nearest to their limit first"
        onScroll={(event: Event) => setScrollTop((event.target as HTMLElement).scrollTop)}
      >
        {shown.length === 0 ? (
          <p class="empty">
            {state.quotas.length === 0
              ? 'No bucket is in use. Send a request to a provider.'
              : 'No bucket matches the filter.'}
          </p>
        ) : (
          <ul style={`height: ${shown.length * ROW}px`}>
            {shown.slice(first, last).map((quota, i) => (
              <Bucket
                key={quota.id}
                quota={quota}
                hash={hashes.get(quota.id)}
                hasSeveral={state.profiles.length > 1}
                now={now}
                top={(first + i) * ROW}
                position={first + i + 1}
                of={shown.length}
              />
            ))}
          </ul>
        )}
      </section>
      {more > 0 ? (
        <footer class="panel-foot">
          <span class="muted">
            {number(state.quotas.length)} of {number(state.quotaTotal)} shown
          </span>
          <button
            type="button"
            onClick={() => {
              store.set({ quotaLimit: state.quotaLimit * MORE });
              store.refresh();
            }}
          >
            Show {number(Math.min(more, state.quotaLimit * (MORE - 1)))} more
          </button>
        </footer>
      ) : null}
    </section>
  );
}

const FILL_WORDS = { room: '', near: 'near its limit', full: 'used up' } as const;

function Bucket({
  quota,
  hash,
  hasSeveral,
  now,
  top,
  position,
  of,
}: {
  readonly quota: Quota;
  readonly hash: string | undefined;
  /** Whether several profiles are served, so that the row has to say which. */
  readonly hasSeveral: boolean;
  readonly now: number;
  readonly top: number;
  readonly position: number;
  readonly of: number;
}) {
  const { id, profile, policy, partition, limit, used, remaining, resetAt } = quota;
  const fill = fillOf(quota);
  const share = Math.min(1, usedShare(quota));
  const until = resetAt === null ? undefined : Date.parse(resetAt) - now;
  return (
    <li
      class={`bucket ${fill}`}
      style={`transform: translateY(${top}px)`}
      aria-posinset={position}
      aria-setsize={of}
      data-bucket={id}
      data-used={used}
      data-limit={limit}
      data-remaining={remaining}
    >
      <div class="bucket-names">
        <b>{policy}</b>
        <span class="muted ellipsis" title={`${profile} · ${facts(partition)}`}>
          {facts(partition)}
        </span>
        <HashMark hash={hash} />
        {hasSeveral ? <span class="profile muted ellipsis">{profile}</span> : null}
      </div>
      <div class="bucket-bar" aria-hidden="true">
        <span style={`width: ${(share * 100).toFixed(1)}%`} />
      </div>
      <div class="bucket-numbers">
        <span>
          <b>{number(remaining)}</b> <span class="muted">of {number(limit)} left</span>
        </span>
        {fill === 'room' ? null : <span class={`tag ${fill}`}>{FILL_WORDS[fill]}</span>}
        <span class="muted until">
          {until === undefined ? 'in flight' : until > 0 ? `frees in ${duration(until)}` : 'frees now'}
        </span>
      </div>
    </li>
  );
}
