/**
 * The newest requests as a list: the timeline for those who do not see it, and a quick look for everybody.
 * @module
 */
import type { Store } from '../data/store.js';
import { duration, timeOfDay } from '../model/format.js';
import { kindOf, laneOf, withNeededHashes } from '../model/marks.js';
import { KIND_WORDS, KindMark } from '../parts/kind-mark.js';
import { LaneName } from '../parts/lane-name.js';

/** Requests that are listed. */
const NEWEST = 12;

/** The list of the newest requests. */
export function Requests({ store }: { readonly store: Store }) {
  const { entries, laneBy, profiles } = store.state;
  const newest = [...entries.values()].slice(-NEWEST).reverse();
  const lanes = withNeededHashes(newest.map((entry) => laneOf(entry, laneBy)));
  return (
    <section class="panel requests" aria-labelledby="requests-title">
      <header class="panel-head">
        <h2 id="requests-title">Newest requests</h2>
      </header>
      {newest.length === 0 ? (
        <p class="empty">Requests to the providers appear here.</p>
      ) : (
        <ul>
          {newest.map((entry, i) => {
            const kind = kindOf(entry);
            return (
              <li key={entry.id}>
                <button type="button" class="quiet" onClick={() => store.explain(entry.id)}>
                  <span class="when">{timeOfDay(entry.at)}</span>
                  <span>
                    <KindMark kind={kind} />
                    <span class="visually-hidden">{KIND_WORDS[kind]}</span>
                  </span>
                  <span class="status">{entry.status === 0 ? '–' : entry.status}</span>
                  <span class="request ellipsis">
                    {entry.method} {entry.path}
                    {profiles.length > 1 ? <span class="muted"> {entry.profile}</span> : null}
                  </span>
                  <span class="who">
                    <LaneName lane={lanes[i]!} />
                  </span>
                  <span class="told">
                    {entry.refusedBy ?? ''}
                    {entry.retryAfter === undefined ? '' : ` wait ${duration(entry.retryAfter * 1_000)}`}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
