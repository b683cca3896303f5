/**
 * One labelled situation: a client, what it meets, and what is right to say of it. The expectation is written down from what the client does and what it was told,
 * never from what the tool prints.
 * @module
 */
import type { CheckLabel } from './checks.js';

/** The verdicts of a report. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'undecided';

/** What a machine may lack. */
export type Need = 'curl' | 'wget' | 'perl' | 'python3' | 'python3-requests' | 'go' | 'ruby' | 'xargs' | 'bash';

/** What is set up by the control API before the client starts. */
export interface Scene {
  /** Buckets that somebody else has used up, as `PUT /quotas` takes them. */
  readonly quotas?: readonly Readonly<Record<string, unknown>>[];
  /** As `POST /faults` takes them, in the order in which they are to fit. */
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
  /** Other calls of the control API. */
  readonly calls?: readonly (readonly [method: string, path: string, body: unknown])[];
}

/** What is asked of a provider where a situation says nothing else. */
export interface Target {
  readonly path: string;
  /** The credential: `Name: value`. */
  readonly header: string;
}

/** A client, the server’s state and faults that it meets, and the verdict that is right. */
export interface Situation {
  /** `family/name`. */
  readonly id: string;
  /** Good: nothing that it did is an error. Bad: what `must` names is to be found. */
  readonly kind: 'good' | 'bad';
  readonly family: string;
  /** What the client does, after "a client that". */
  readonly what: string;
  /** The program, by its name in `programs/` or on the PATH, and its arguments; objects are passed as JSON. */
  readonly command: readonly (string | object)[];
  /** An id, or the name of a file in `profiles/` without its ending. */
  readonly profile: string;
  readonly flags: readonly string[];
  readonly target: Target;
  readonly scene: Scene;
  /** The verdicts that are right. */
  readonly verdict: readonly Verdict[];
  /** Checks that are to be found; `a|b`: either. */
  readonly must: readonly string[];
  /** Checks that are true as well, or a matter of opinion. */
  readonly may: readonly CheckLabel[];
  /** Checks that had nothing to judge: they may be found or "not judged", but never said to have passed. */
  readonly unjudged: readonly CheckLabel[];
  /** What it does does not depend on chance or timing: the verdict is the same in every run. */
  readonly deterministic: boolean;
  readonly needs: readonly Need[];
  /** Why it is left out where every core is busy: a client that is held up there does not do what it is to be judged for. */
  readonly idleOnly?: string;
}

/** What a file of expectations gives for a situation. `family()` adds the rest, and puts the name of the family before the id. */
export type Given = Pick<Situation, 'id' | 'what' | 'command'> & Partial<Omit<Situation, 'kind' | 'family'>>;

/** Values for all situations of a family, unless a situation gives its own. */
export type Defaults = Partial<Omit<Situation, 'id' | 'kind' | 'family' | 'what' | 'command'>>;

/** Makes the situations of one family. */
export interface FamilyMaker {
  /** Passes, or warns of what `may` names. */
  good(given: Given): Situation;
  /** Fails, unless `verdict` says otherwise. */
  bad(given: Given): Situation;
}

/** @param defaults for each situation of the family */
export function family(name: string, defaults: Defaults = {}): FamilyMaker {
  const make = (kind: 'good' | 'bad', usual: (may: readonly string[]) => readonly Verdict[]) => {
    return (given: Given): Situation => {
      const profile = given.profile ?? defaults.profile ?? 'aiclicks';
      const may = given.may ?? defaults.may ?? [];
      return {
        flags: [],
        scene: {},
        must: [],
        unjudged: [],
        deterministic: true,
        needs: [],
        target: TARGETS[profile] ?? SHOP,
        verdict: usual(may),
        ...defaults,
        ...given,
        id: `${name}/${given.id}`,
        kind,
        family: name,
        profile,
        may,
      };
    };
  };
  return {
    good: make('good', (may) => (may.length > 0 ? ['pass', 'warn'] : ['pass'])),
    bad: make('bad', () => ['fail']),
  };
}

const SHOP: Target = { path: '/items', header: 'X-Key: k1' };

/** What is asked of the providers: something that may be asked again and again. */
const TARGETS: Readonly<Record<string, Target>> = {
  aiclicks: { path: '/api/v1/validate', header: 'Authorization: Bearer ak_live_demo' },
  klinky: {
    path: '/api/v1/public/links/550e8400-e29b-41d4-a716-446655440000/clicks?per_page=100',
    header: 'X-API-Key: klinky_live_demo',
  },
  'full-domination': { path: '/v1/audits/aud_01', header: 'Authorization: Bearer ad_live_demo' },
  prediction: { path: '/v1/account', header: 'Authorization: Bearer sk_live_demo' },
  acrely: { path: '/api/v1/leads?campaignId=c1', header: 'x-api-key: sk_live_demo' },
};

/** Somebody else has used up the quota of the usual caller: no header has told the client, which learns of it when it is refused. */
export const USED_UP: Readonly<Record<string, Scene>> = {
  aiclicks: { quotas: [{ policy: 'key-minute', partition: { key: 'ak_live_demo' }, remaining: 0 }] },
  klinky: { quotas: [{ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 }] },
  'full-domination': { quotas: [{ policy: 'token-minute', partition: { token: 'ad_live_demo' }, remaining: 0 }] },
  prediction: { quotas: [{ policy: 'key-minute', partition: { key: 'sk_live_demo' }, remaining: 0 }] },
};
