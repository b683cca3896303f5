/**
 * Finds the endpoints that receive an event: those of the control API, and those that clients have registered over the provider's API.
 * @module
 */
import { withRoot } from '../../behaviours/collections/shared.js';
import { scopeFact } from '../../profile/compiled/webhooks.js';
import type { Endpoint } from '../../state/endpoints.js';
import type { ProviderState } from '../provider-state.js';

/** Where an event is sent. */
export type Target = Pick<Endpoint, 'url' | 'secret'> & { readonly id: string | null };

/** Whether any endpoint may receive events of the provider. Cheap: it is asked whenever a job starts. */
export function hasTargets({ provider, endpoints, resources }: ProviderState): boolean {
  const { webhooks } = provider;
  if (!webhooks) return false;
  if (endpoints.size > 0) return true;
  if (!webhooks.registered) return false;
  for (const { collection } of resources.collectionStores())
    if (collection === webhooks.registered.collection) return true;
  return false;
}

/** The endpoints that receive an event. @param account whose event it is; `undefined` if that is not known: then the endpoints of all accounts receive it */
export function targetsOf(providerState: ProviderState, type: string, account: string | undefined): Target[] {
  const registered = registeredTargets(providerState, type, account);
  const fits = (endpoint: Endpoint) =>
    (endpoint.account === null || account === undefined || endpoint.account === account) &&
    (endpoint.events === null || endpoint.events.includes(type));
  return [...providerState.endpoints.list().filter(fits), ...registered];
}

function registeredTargets(providerState: ProviderState, type: string, account: string | undefined): Target[] {
  const { provider, resources } = providerState;
  const { registered } = provider.webhooks!;
  if (!registered) return [];
  const targets: Target[] = [];
  for (const { collection, scope, collectionStore } of resources.collectionStores()) {
    if (collection !== registered.collection) continue;
    const owner = accountOf(providerState, collection, scope);
    if (owner !== undefined && account !== undefined && owner !== account) continue;
    for (const { data } of collectionStore.all()) {
      const itemScope = withRoot(() => undefined, 'item', data);
      const url = registered.url.render(itemScope, 0);
      const events = registered.events?.render(itemScope, 0);
      if (typeof url !== 'string' || (Array.isArray(events) && events.length > 0 && !events.includes(type))) continue;
      const secret = registered.secret?.render(itemScope, 0);
      targets.push({ id: null, url, secret: typeof secret === 'string' ? secret : null });
    }
  }
  return targets;
}

/** The account to which a scope of a collection belongs; `undefined` if the scope does not show it. */
export function accountOf(providerState: ProviderState, collection: string, scope: string): string | undefined {
  const { provider, accounts, resources } = providerState;
  const { profile } = provider;
  const fact = scopeFact(profile, collection);
  if (fact === undefined) return undefined;
  if (fact === 'account' || fact === profile.accounts.fact) return scope;
  const isCredential = Object.values(profile.callers.credentials).some((credential) => credential.fact === fact);
  if (!isCredential) return undefined;
  return accounts.ownerOf(scope) ?? resources.credentials.get(scope)?.account ?? profile.accounts.default;
}
