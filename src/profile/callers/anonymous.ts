/**
 * The caller of requests without a credential, where none is needed.
 * @module
 */
import type { Caller, RequestFacts } from '../../limits/facts.js';
import { compileTemplate } from '../../limits/render/template.js';
import type { AccountStore } from '../../state/store.js';
import type { Profile } from '../schema/schema.js';
import { compileFacts, factText } from './caller-facts.js';

/** The `kind` of callers without a credential. */
export const ANONYMOUS_KIND = 'anonymous';

/** Bound of the cache of callers by account and facts, such as the address. */
const MAX_CALLERS = 10_000;

/** Makes the caller of a request without a credential; `undefined` if the profile describes none. */
export type MakeAnonymous = (request: RequestFacts, accounts: AccountStore) => Caller | undefined;

/** Compiles the anonymous caller of a profile. */
export function compileAnonymous({ callers, accounts: { fact, plan: defaultPlan } }: Profile): MakeAnonymous {
  const spec = callers.anonymous;
  if (!spec) return () => undefined;
  const { constant, values, named } = compileFacts(spec.facts);
  const accountTemplate = compileTemplate(spec.account);
  const ownPlan = spec.plan ?? defaultPlan;
  const known = new Map<string, Caller>();
  return (request, accounts) => {
    const account = factText(accountTemplate, request) ?? ANONYMOUS_KIND;
    const plan = accounts.get(account)?.plan ?? ownPlan;
    const found = values?.(request) ?? [];
    const text = JSON.stringify([account, ...found]);
    const last = known.get(text);
    if (last?.plan === plan) return last;
    const caller: Caller = {
      kind: ANONYMOUS_KIND,
      facts: { ...constant, ...named(found), [fact]: account },
      account,
      plan,
    };
    if (known.size >= MAX_CALLERS) known.clear();
    known.set(text, caller);
    return caller;
  };
}

/** The account of all anonymous callers, if it does not depend on the request, and its plan. */
export function anonymousAccount({ callers, accounts }: Profile): { account: string; plan: string } | undefined {
  const { anonymous } = callers;
  if (!anonymous || !compileTemplate(anonymous.account).constant) return undefined;
  return { account: anonymous.account, plan: anonymous.plan ?? accounts.plan };
}
