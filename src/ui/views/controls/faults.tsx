/**
 * Faults: lists, adds and removes them.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import { addFaultChange, removeFaultChange } from '../../data/changes.js';
import { literal } from '../../data/commands.js';
import type { Store } from '../../data/store.js';
import type { Fault, FaultInput } from '../../data/types.js';
import { CommandLines } from '../../parts/command-lines.js';
import { Field, NumberField, SelectField } from '../../parts/fields.js';

const KINDS = [
  ['status', 'Answer with a status'],
  ['delay', 'Delay the answer'],
  ['drop', 'Drop the connection'],
  ['retry-after', 'Change Retry-After'],
] as const;

/** The panel of the faults. */
export function Faults({ store }: { readonly store: Store }) {
  const { state, api } = store;
  const [kind, setKind] = useState<string>('status');
  const [status, setStatus] = useState('503');
  const [delay, setDelay] = useState('2000');
  const [retryAfter, setRetryAfter] = useState('missing');
  const [times, setTimes] = useState('1');
  const [path, setPath] = useState('');
  const [method, setMethod] = useState('');
  const fault: FaultInput = {
    ...(path === '' && method === ''
      ? {}
      : { match: { ...(method === '' ? {} : { method }), ...(path === '' ? {} : { path }) } }),
    ...(times === '' ? {} : { times: Number(times) }),
    ...(kind === 'status' ? { status: Number(status) } : {}),
    ...(kind === 'delay' ? { delayMs: Number(delay) } : {}),
    ...(kind === 'drop' ? { drop: true } : {}),
    ...(kind === 'retry-after'
      ? { retryAfter: /^\d+$/.test(retryAfter) ? Number(retryAfter) : (retryAfter as 'missing'), onRefusals: true }
      : {}),
  };
  const change = addFaultChange(api.sandbox, fault);
  const submit = (event: Event) => {
    event.preventDefault();
    void store.make(change, 'The fault was added');
  };
  return (
    <section class="panel" aria-labelledby="faults-title">
      <header class="panel-head">
        <h2 id="faults-title">
          Faults <span class="count">{state.faults.length}</span>
        </h2>
        {state.faults.length > 1 ? (
          <button type="button" onClick={() => store.make(removeFaultChange(api.sandbox), 'All faults were removed')}>
            Remove all
          </button>
        ) : null}
      </header>
      {state.faults.length === 0 ? (
        <p class="empty">No fault. Every request gets the provider's answer.</p>
      ) : (
        <ul class="rows">
          {state.faults.map((one) => (
            <li key={one.id}>
              <span class="grow">
                <b>{one.id}</b> <code>{faultText(one)}</code>
              </span>
              <span class="muted">
                used {one.used} of {one.times ?? '∞'}
              </span>
              <button
                type="button"
                aria-label={`Remove ${one.id}`}
                onClick={() => store.make(removeFaultChange(api.sandbox, one.id), `${one.id} was removed`)}
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="grid-form" aria-label="Add a fault" onSubmit={submit}>
        <SelectField label="What happens" value={kind} options={KINDS} onChange={setKind} />
        {kind === 'status' ? (
          <NumberField label="Status" value={status} min={200} max={599} onChange={setStatus} />
        ) : null}
        {kind === 'delay' ? <NumberField label="Milliseconds" value={delay} min={0} onChange={setDelay} /> : null}
        {kind === 'retry-after' ? (
          <Field
            label="missing, http-date or seconds"
            value={retryAfter}
            pattern="missing|http-date|\d+"
            onChange={setRetryAfter}
          />
        ) : null}
        <NumberField label="Times (empty: always)" value={times} min={1} optional onChange={setTimes} />
        <SelectField
          label="Method"
          value={method}
          options={[['', 'any'], ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((one) => [one, one] as const)]}
          onChange={setMethod}
        />
        <Field label="Path (empty: any)" value={path} placeholder="/v1/audits" onChange={setPath} />
        <CommandLines api={api} change={change} sandbox={api.sandbox} />
        <button type="submit" class="primary">
          Add the fault
        </button>
      </form>
    </section>
  );
}

/** What a fault does, as its fields. */
function faultText({ id: _id, matched: _matched, used: _used, ...rest }: Fault): string {
  const { match, ...effect } = rest;
  return literal(Object.keys(match).length === 0 ? effect : { match, ...effect });
}
