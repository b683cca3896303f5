/**
 * Webhooks: the endpoints that were registered here, and what became of the deliveries.
 * @module
 */
import { removeEndpointChange } from '../../data/changes.js';
import type { Store } from '../../data/store.js';
import { number, timeOfDay } from '../../model/format.js';
import { deliveryText } from '../../model/jobs.js';

/** Deliveries that are listed: the newest. */
const MAX_ROWS = 30;

/** The panel of the webhooks; nothing where there are neither endpoints nor deliveries. */
export function Webhooks({ store }: { readonly store: Store }) {
  const { state, api } = store;
  const { endpoints, deliveries } = state;
  if (endpoints.length === 0 && deliveries.length === 0) return null;
  const now = store.now();
  return (
    <section class="panel" aria-labelledby="webhooks-title">
      <header class="panel-head">
        <h2 id="webhooks-title">
          Webhooks <span class="count">{number(deliveries.length)}</span>{' '}
          <span class="muted">{deliveries.length === 1 ? 'delivery' : 'deliveries'}</span>
        </h2>
      </header>
      {endpoints.length === 0 ? null : (
        <ul class="rows" aria-label="Endpoints">
          {endpoints.map(({ profile, id, url, account, events }) => (
            <li key={`${profile} ${id}`}>
              <span class="grow">
                <b>{id}</b> <code>{url}</code>{' '}
                <span class="muted">
                  {profile}, {account === null ? 'every account' : `account ${account}`},{' '}
                  {events === null ? 'all events' : events.join(', ')}
                </span>
              </span>
              <button
                type="button"
                aria-label={`Remove ${id}`}
                onClick={() => store.make(removeEndpointChange(api.sandbox, id), `${id} was removed`)}
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
      {deliveries.length === 0 ? (
        <p class="empty">Nothing has been sent yet.</p>
      ) : (
        <ul class="rows" aria-label="Deliveries, newest first">
          {deliveries
            .slice(-MAX_ROWS)
            .reverse()
            .map((delivery) => (
              <li key={`${delivery.profile} ${delivery.id}`} data-delivery={delivery.id}>
                <span class="muted">{timeOfDay(Date.parse(delivery.at)).slice(0, 8)}</span>
                <span class="grow">
                  <b>{delivery.type ?? 'end of a job'}</b> <code>{delivery.url}</code>
                </span>
                <span class={`tag ${delivery.state === 'failed' ? 'full' : ''}`}>{delivery.state}</span>
                <span class="muted">{deliveryText(delivery, now)}</span>
              </li>
            ))}
        </ul>
      )}
      {deliveries.length > MAX_ROWS ? <p class="muted more">{number(deliveries.length - MAX_ROWS)} earlier</p> : null}
    </section>
  );
}
