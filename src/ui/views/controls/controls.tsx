/**
 * The section with everything that can be changed.
 * @module
 */
import type { Store } from '../../data/store.js';
import { Accounts } from './accounts.js';
import { Faults } from './faults.js';
import { Jobs } from './jobs.js';
import { Plans } from './plans.js';
import { Quotas } from './quotas.js';
import { Sandboxes } from './sandboxes.js';
import { Webhooks } from './webhooks.js';

/** The controls. */
export function Controls({ store }: { readonly store: Store }) {
  const { profiles, inFlight } = store.state;
  return (
    <div class="controls">
      <Faults store={store} />
      <Quotas store={store} />
      <Jobs store={store} />
      <Webhooks store={store} />
      {profiles.map((profile) => (
        <Plans key={profile.id} store={store} profile={profile} />
      ))}
      {profiles.map((profile) => (
        <Accounts key={profile.id} store={store} profile={profile} />
      ))}
      <Sandboxes store={store} />
      <section class="panel" aria-labelledby="in-flight-title">
        <header class="panel-head">
          <h2 id="in-flight-title">
            In flight <span class="count">{inFlight.length}</span>
          </h2>
        </header>
        {inFlight.length === 0 ? (
          <p class="empty">Every request has been answered.</p>
        ) : (
          <ul class="rows">
            {inFlight.slice(0, 50).map((request) => (
              <li key={request.id}>
                <span class="grow">
                  {request.method} {request.path}
                </span>
                <span class="muted">
                  {request.until === null ? 'until it is answered' : `until ${request.until.slice(11, 23)}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
