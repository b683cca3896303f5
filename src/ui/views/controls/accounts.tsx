/**
 * Accounts: lists them, and sets their plans, credentials and own quotas.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import { type AccountInput, accountChange } from '../../data/changes.js';
import type { Store } from '../../data/store.js';
import type { ProfileView } from '../../data/types.js';
import { number } from '../../model/format.js';
import { CommandLines } from '../../parts/command-lines.js';
import { Field, NumberField, SelectField } from '../../parts/fields.js';
import { TableScroll } from '../../parts/table-scroll.js';

/** The panel of the accounts of a profile. */
export function Accounts({ store, profile }: { readonly store: Store; readonly profile: ProfileView }) {
  const { state, api } = store;
  const accounts = state.accounts.get(profile.id) ?? [];
  const [id, setId] = useState(profile.defaultAccount);
  const [plan, setPlan] = useState('');
  const [key, setKey] = useState('');
  const [policy, setPolicy] = useState('');
  const [quota, setQuota] = useState('');
  const body: AccountInput = {
    ...(plan === '' ? {} : { plan }),
    ...(key === '' ? {} : { keys: [key] }),
    ...(policy === '' || quota === '' ? {} : { quotas: { [policy]: Number(quota) } }),
  };
  const change = accountChange(api.sandbox, profile.id, id, body);
  const submit = (event: Event) => {
    event.preventDefault();
    void store.make(change, `The account ${id} was set`);
  };
  const title = `accounts-${profile.id}`;
  return (
    <section class="panel" aria-labelledby={title}>
      <header class="panel-head">
        <h2 id={title}>
          Accounts <span class="muted">{profile.id}</span>
        </h2>
      </header>
      <TableScroll label={`Accounts of ${profile.id}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col">Plan</th>
              <th scope="col">Keys</th>
              <th scope="col">Own quotas</th>
            </tr>
          </thead>
          <tbody>
            {accounts.map((account) => (
              <tr key={account.id}>
                <th scope="row">{account.id}</th>
                <td>{account.plan}</td>
                <td>{account.keys.join(', ') || '–'}</td>
                <td>
                  {Object.entries(account.quotas)
                    .map(([name, value]) => `${name} ${number(value)}`)
                    .join(', ') || '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
      <form class="grid-form" aria-label={`Set an account of ${profile.id}`} onSubmit={submit}>
        <Field label="Account" value={id} required onChange={setId} />
        <SelectField
          label="Plan"
          value={plan}
          options={[['', 'unchanged'], ...profile.plans.map((one) => [one.id, one.title ?? one.id] as const)]}
          onChange={setPlan}
        />
        <Field label="Credential (in full)" value={key} onChange={setKey} />
        <SelectField
          label="Own quota of"
          value={policy}
          options={[['', 'no policy'], ...profile.policies.map((one) => [one.id, one.id] as const)]}
          onChange={setPolicy}
        />
        {policy === '' ? null : <NumberField label="Quota" value={quota} min={0} onChange={setQuota} />}
        <CommandLines api={api} change={change} sandbox={api.sandbox} />
        <button type="submit" class="primary">
          Set the account
        </button>
      </form>
    </section>
  );
}
