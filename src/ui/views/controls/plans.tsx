/**
 * The plan and the variants of a served profile.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import { createLine, profileChange } from '../../data/changes.js';
import type { Store } from '../../data/store.js';
import type { ProfileView } from '../../data/types.js';
import { CommandLines } from '../../parts/command-lines.js';
import { Evidence } from '../../parts/evidence.js';
import { SelectField } from '../../parts/fields.js';

/** The panel of a profile. */
export function Plans({ store, profile }: { readonly store: Store; readonly profile: ProfileView }) {
  const { api } = store;
  const { id, plans, variants, sources } = profile;
  const [plan, setPlan] = useState<string | undefined>(undefined);
  const [chosen, setChosen] = useState<readonly string[] | undefined>(undefined);
  const active = chosen ?? variants.filter((variant) => variant.active).map((variant) => variant.id);
  const body = {
    ...(plan === undefined ? {} : { plan }),
    ...(chosen === undefined ? {} : { variants: chosen }),
  };
  const isChanged = Object.keys(body).length > 0;
  const change = profileChange(api.sandbox, id, isChanged ? body : { plan: profile.plan });
  const toggle = (variant: string) =>
    setChosen(active.includes(variant) ? active.filter((one) => one !== variant) : [...active, variant]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!(await store.make(change, `${id} was changed`))) return;
    setPlan(undefined);
    setChosen(undefined);
  };
  const title = `plans-${id}`;
  return (
    <section class="panel" aria-labelledby={title}>
      <header class="panel-head">
        <h2 id={title}>
          {profile.title} <span class="muted">plan and variants</span>
        </h2>
      </header>
      <form class="grid-form" aria-label={`Plan and variants of ${id}`} onSubmit={submit}>
        <SelectField
          label="Plan of the default account"
          value={plan ?? profile.plan}
          options={plans.map((one) => [one.id, one.title ?? one.id] as const)}
          onChange={setPlan}
        />
        {variants.length === 0 ? null : (
          <fieldset class="variants">
            <legend>Variants: other readings of the documents</legend>
            {variants.map((variant) => (
              <label key={variant.id}>
                <input type="checkbox" checked={active.includes(variant.id)} onChange={() => toggle(variant.id)} />
                <span>
                  <b>{variant.id}</b> {variant.says}{' '}
                  <Evidence
                    evidence={variant.evidence}
                    source={sources.find((source) => source.id === variant.evidence.source)}
                  />
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <CommandLines api={api} change={change} sandbox={api.sandbox} />
        <p class="muted hint">
          From the start: <code>{createLine(id, { plan: plan ?? profile.plan, variants: active })}</code>
        </p>
        <button type="submit" class="primary" disabled={!isChanged}>
          Apply
        </button>
      </form>
    </section>
  );
}
