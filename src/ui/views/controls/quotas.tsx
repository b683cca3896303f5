/**
 * Sets what is left in a bucket.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import { quotaChange } from '../../data/changes.js';
import type { Store } from '../../data/store.js';
import { bucketHashes, bucketText } from '../../model/buckets.js';
import { number } from '../../model/format.js';
import { CommandLines } from '../../parts/command-lines.js';
import { NumberField, SelectField } from '../../parts/fields.js';

/** The panel of the quotas. */
export function Quotas({ store }: { readonly store: Store }) {
  const { state, api } = store;
  const [id, setId] = useState('');
  const [remaining, setRemaining] = useState('0');
  const bucket = state.quotas.find((quota) => quota.id === id) ?? state.quotas[0];
  return (
    <section class="panel" aria-labelledby="quotas-title">
      <header class="panel-head">
        <h2 id="quotas-title">Quotas</h2>
        <span class="muted">
          {number(state.quotaTotal)} live {state.quotaTotal === 1 ? 'bucket' : 'buckets'}
        </span>
      </header>
      {bucket === undefined ? (
        <p class="empty">No bucket is live. The first request to a provider makes one.</p>
      ) : (
        <QuotaForm
          store={store}
          id={bucket.id}
          remaining={remaining}
          setId={setId}
          setRemaining={setRemaining}
          now={`${number(bucket.remaining)} of ${number(bucket.limit)} left`}
          change={quotaChange(api.sandbox, bucket.id, Number(remaining))}
        />
      )}
    </section>
  );
}

function QuotaForm({
  store,
  id,
  remaining,
  setId,
  setRemaining,
  now,
  change,
}: {
  readonly store: Store;
  readonly id: string;
  readonly remaining: string;
  readonly setId: (id: string) => void;
  readonly setRemaining: (remaining: string) => void;
  readonly now: string;
  readonly change: ReturnType<typeof quotaChange>;
}) {
  const { quotas, profiles } = store.state;
  const hashes = bucketHashes(quotas);
  const options = quotas.map((quota) => [quota.id, bucketText(quota, hashes, profiles.length > 1)] as const);
  const submit = (event: Event) => {
    event.preventDefault();
    void store.make(change, `${remaining} units are left now`);
  };
  return (
    <form class="grid-form" aria-label="Set what is left in a bucket" onSubmit={submit}>
      <SelectField isWide label={`Bucket (${now})`} value={id} options={options} onChange={setId} />
      <NumberField label="Units left" value={remaining} min={0} onChange={setRemaining} />
      <CommandLines api={store.api} change={change} sandbox={store.api.sandbox} />
      <button type="submit" class="primary">
        Set the units left
      </button>
    </form>
  );
}
