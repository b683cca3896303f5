/**
 * The options of a mock, and their evaluation: which profiles to load with which overlays, and the limits.
 * @module
 */
import { isProxyRange, TrustedProxies, withoutHostBits } from '../http/socket/client-address.js';
import { listedHost } from '../http/webhooks/target.js';
import { parseDuration } from '../limits/duration.js';
import { IETF_REVISIONS } from '../profile/compiled/ietf.js';
import type { Provider } from '../profile/compiled/provider.js';
import { formatIssue, type ProfileIssue, suggest } from '../profile/errors.js';
import type { LoadOptions } from '../profile/load.js';
import { builtInProfiles } from '../profile/locate.js';
import { openProvider } from '../profile/precompiled/load.js';
import { parseInstant } from '../sandbox/control/instants.js';
import type { WriteLog } from '../sandbox/core.js';
import { type DocumentsOption, documentSource, documentsOf, settleDocumentIds } from './documents.js';
import { rawReader, settingsNamed, variantsNamed } from './profile-names.js';
import type { ProfileSource } from './profile-source.js';
import { type NameLookup, OptionError, scoped } from './scoped.js';

export { OptionError } from './scoped.js';

/** Options of `createMock()`. */
export interface MockOptions {
  /** Ids of built-in profiles, or paths of profile files. Default: all built-in profiles, unless `openapi` names documents. */
  readonly profile?: string | readonly string[];
  /**
   * OpenAPI documents that are served without a profile, and so without limits: paths, `http:` and `https:` URLs, or documents as objects. Several are served each
   * under its id, which is its title in kebab case. The built-in profiles are then only served if `profile` names them.
   */
  readonly openapi?: DocumentsOption;
  /** Whether references of documents to other servers are fetched. Default: false. */
  readonly allowRemoteRefs?: boolean;
  /** Whether made data is sent in place of examples of a document that are not valid by their schemas. Default: false, so that they are sent as they are. */
  readonly strictExamples?: boolean;
  /**
   * Adds the fields of draft-ietf-httpapi-ratelimit-headers to the responses of all profiles, in a revision of the draft: 11 or 10 (`RateLimit-Policy`, `RateLimit`), 7, or
   * 6 (`RateLimit-Limit`, `-Remaining`, `-Reset`). Default: only what the profiles say.
   */
  readonly ietf?: 6 | 7 | 10 | 11;
  /** Variant names; `profile:variant` where several profiles have the variant. */
  readonly variant?: string | readonly string[];
  /** Plan of the default account; `profile:plan` where several profiles have the plan. */
  readonly plan?: string | readonly string[];
  /** Single settings of profiles: `path=value`, or `profile:path=value` where several profiles have the setting. */
  readonly set?: readonly string[];
  /** Divisor of all durations in the profiles; quotas stay the same. */
  readonly compress?: number;
  /** `frozen`, or an instant (ISO 8601 or epoch ms) at which the clock starts frozen. Default: the machine's time (`system`). */
  readonly clock?:
    | 'system'
    | 'frozen'
    | (string & {})
    | number
    | { readonly now?: string | number; readonly frozen?: boolean };
  /** Largest request body, in bytes. Default: 10 MiB. */
  readonly maxBodyBytes?: number;
  /** Most buckets per policy; above it the least recently used are evicted. Default: 1,000,000. */
  readonly maxBuckets?: number;
  /** Most named sandboxes; above it the least recently used is evicted. Default: 1,000. */
  readonly maxSandboxes?: number;
  /** Most memory of all named sandboxes together, in bytes (estimated); above it the least recently used are evicted. Default: half of the heap limit. */
  readonly maxSandboxBytes?: number;
  /** Real time after which an idle sandbox may be evicted: `1h`, or milliseconds. Default: 1 hour. */
  readonly sandboxIdle?: string | number;
  /** Most entries of the journal. Default: 10,000. */
  readonly journalSize?: number;
  /**
   * Whether `report()` will judge the clients. A server then measures what each client knew when it sent a request: it holds refusals for a few milliseconds
   * until no
   * more requests arrive, and looks up the process behind each connection. Requests are judged before they are evicted from the journal.
   */
  readonly judge?: boolean;
  /**
   * Whether refusals are held while clients are judged. Default: true. They are not held with a frozen clock, unless this is `always`, and never in-process.
   */
  readonly holdRefusals?: boolean | 'always';
  /** Hosts besides this machine that webhooks may be sent to. */
  readonly webhookHosts?: readonly string[];
  /** Proxies whose `X-Forwarded-For` is trusted: addresses, or ranges such as `10.0.0.0/8` and `fd00::/8`. */
  readonly trustedProxies?: readonly string[];
  /** Whether a request's `Prefer: code=503` is honoured. Default: true. */
  readonly prefer?: boolean;
  /** Whether browser pages may call the providers (CORS). Default: true. */
  readonly cors?: boolean;
  /** Token that lets clients on other machines use the control API. */
  readonly controlToken?: string;
  /**
   * Whether clients on this machine need the control token as well, for example because a tunnel or a proxy runs on it. Requires `controlToken`. Calls in this
   * process
   * never need it.
   */
  readonly controlTokenRequired?: boolean;
  /** Receives a line per refusal, unmatched path and warning. Default: no log. */
  readonly log?: WriteLog;
}

/** Loads the providers. A document whose id is taken gets another. @throws ProfileError, OptionError where two profiles have the same id */
export async function loadProviders(sources: readonly ProfileSource[], log: WriteLog | undefined): Promise<Provider[]> {
  const opened = await Promise.all(sources.map((source) => source.open()));
  const providers = settleDocumentIds(opened, sources, log);
  const duplicate = providers.find(({ id }, i) => providers.findIndex((other) => other.id === id) !== i);
  if (duplicate) throw new OptionError(`two profiles have the id "${duplicate.id}"; serve one of them`);
  return providers;
}

/** Smallest `compress`. It keeps the end of the longest window within the range of `Date`. */
export const MIN_COMPRESS = 0.01;
/** Largest `compress`. It keeps the end of a day's window distinct from its start. */
export const MAX_COMPRESS = 1_000_000_000;

/** Resolves the options `profile`, `variant`, `set` and `compress` to profiles with overlays, in the order of `profile`, then the documents of `openapi`. @throws OptionError, ProfileError */
export async function profileSources(options: MockOptions): Promise<ProfileSource[]> {
  const references = list(options.profile);
  const documents = documentsOf(options.openapi);
  const isDefault = references.length === 0 && documents.length === 0;
  const wanted = isDefault || references.includes('all') ? builtInProfiles() : references;
  const given = list(options.variant).length + (options.set ?? []).length;
  if (given > 0 && wanted.length === 0) {
    const what = list(options.variant).length > 0 ? 'variants' : 'settings';
    throw new OptionError(`a document without a profile has no ${what}; "mock429 init FILE" writes a profile for it`);
  }
  const read = wanted.length > 1 && given > 0 ? await rawReader() : () => undefined;
  const variants = list(options.variant).map((text) => scoped(text, wanted, variantsNamed(read)));
  const settings = (options.set ?? []).map((text) => setting(text, wanted, settingsNamed(read)));
  const { compress = 1 } = options;
  if (!(compress >= MIN_COMPRESS && compress <= MAX_COMPRESS))
    throw new OptionError(`compress must be a number from ${MIN_COMPRESS} to ${MAX_COMPRESS}, not ${compress}`);
  if (options.ietf !== undefined && !IETF_REVISIONS.includes(options.ietf))
    throw new OptionError(`ietf must be a revision of the draft (${IETF_REVISIONS.join(', ')}), not ${options.ietf}`);
  const profiles = [...new Set(wanted)].map((reference) => {
    const overlay = {
      compress,
      variants: variants.filter(({ profile }) => profile === reference).map(({ value }) => value),
      set: settings.filter(({ profile }) => profile === reference).map(({ path, value }) => ({ path, value })),
    };
    return profileSource(reference, overlay, options);
  });
  return [...profiles, ...documents.map((reference) => documentSource(reference, options))];
}

function profileSource(
  reference: string,
  overlay: LoadOptions,
  {
    allowRemoteRefs,
    strictExamples,
    ietf,
    log,
  }: Pick<MockOptions, 'allowRemoteRefs' | 'strictExamples' | 'ietf' | 'log'>,
): ProfileSource {
  let read: ReadonlyMap<string, string | undefined> = new Map();
  return {
    reference,
    get read() {
      return read;
    },
    async open(variants) {
      const texts = new Map<string, string | undefined>();
      if (variants === undefined) read = texts;
      const warn = (warning: ProfileIssue) => log?.('warn', formatIssue(warning));
      const provider = await openProvider(reference, {
        ...overlay,
        ...(variants === undefined ? {} : { variants }),
        allowRemoteRefs,
        strictExamples,
        ietf,
        onRead: (file, text) => texts.set(file, text),
        onWarning: warn,
      });
      // The start has reported them.
      if (variants === undefined) for (const warning of provider.warnings) warn(warning);
      return provider;
    },
  };
}

function setting(
  text: string,
  references: readonly string[],
  named: NameLookup,
): { profile: string; path: string; value: unknown } {
  const equals = text.indexOf('=');
  if (equals < 0)
    throw new OptionError(`set "${text}" has no value; write path=value, such as policies.key-minute.quota=5`);
  const { profile, value: path } = scoped(text.slice(0, equals), references, named);
  const raw = text.slice(equals + 1);
  try {
    return { profile, path, value: JSON.parse(raw) as unknown };
  } catch {
    return { profile, path, value: raw };
  }
}

/** Resolves the option `plan` to plans by profile id. @throws OptionError */
export function plansOf(providers: readonly Provider[], plans: readonly string[]): Record<string, string> {
  const ids = providers.map(({ id }) => id);
  const known = (id: string) => Object.keys(providers.find((provider) => provider.id === id)!.profile.plans);
  const named: NameLookup = { option: 'plan', has: (profile, plan) => known(profile).includes(plan), similar: known };
  return Object.fromEntries(
    plans.map((text) => {
      const { profile, value } = scoped(text, ids, named);
      if (!known(profile).includes(value))
        throw new OptionError(`${profile} has no plan "${value}"; ${suggest(value, known(profile))}`);
      return [profile, value];
    }),
  );
}

/** Limits of the number, size and life of sandboxes. @throws OptionError */
export function sandboxLimits({ maxSandboxes, maxSandboxBytes, sandboxIdle, journalSize }: MockOptions): {
  maxSandboxes: number | undefined;
  maxSandboxBytes: number | undefined;
  idleMs: number | undefined;
  journalSize: number | undefined;
} {
  const idleMs = typeof sandboxIdle === 'string' ? parseDuration(sandboxIdle) : sandboxIdle;
  if (sandboxIdle !== undefined && !(Number.isFinite(idleMs) && idleMs! > 0))
    throw new OptionError(`sandboxIdle ${JSON.stringify(sandboxIdle)} is not a time; write 90s, 30m or 1h`);
  return {
    maxSandboxes: wholeNumber(maxSandboxes, 'maxSandboxes', 1),
    maxSandboxBytes: wholeNumber(maxSandboxBytes, 'maxSandboxBytes', 1),
    idleMs,
    journalSize: wholeNumber(journalSize, 'journalSize', 0),
  };
}

function wholeNumber(value: number | undefined, option: string, least: number): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value;
  throw new OptionError(`${option} must be a whole number from ${least} up, not ${value}`);
}

/** The options, besides the profiles and their plans, that decide what is computed. Replicas must have the same. */
export function decidingOptions({
  clock,
  maxBodyBytes,
  maxBuckets,
  maxSandboxes,
  sandboxIdle,
  journalSize,
  judge,
  prefer,
}: MockOptions): Readonly<Record<string, unknown>> {
  return { clock, maxBodyBytes, maxBuckets, maxSandboxes, sandboxIdle, journalSize, judge, prefer };
}

/** Access rules of the control API. @throws OptionError */
export function controlRules({ controlToken, controlTokenRequired = false }: MockOptions): {
  token: string | undefined;
  tokenRequired: boolean;
} {
  if (controlTokenRequired && !controlToken)
    throw new OptionError(
      'a control token is required and none is set; set MOCK429_CONTROL_TOKEN (in code: controlToken), or leave out --control-token-required (MOCK429_CONTROL_TOKEN_REQUIRED, controlTokenRequired)',
    );
  return { token: controlToken, tokenRequired: controlTokenRequired };
}

/** Hosts besides this machine that webhooks may be sent to. @throws OptionError */
export function webhookHosts({ webhookHosts: given = [] }: MockOptions): ReadonlySet<string> {
  const bad = given.find((text) => listedHost(text) === undefined);
  if (bad !== undefined)
    throw new OptionError(
      `webhook host ${JSON.stringify(bad)} (--webhook-host) is not a host; give a name or an address, without scheme, port and path`,
    );
  return new Set(given.map((text) => listedHost(text)!));
}

/** The trusted proxies. @throws OptionError */
export function trustedProxies({ trustedProxies: given = [] }: MockOptions): TrustedProxies {
  const bad = given.find((text) => !isProxyRange(text));
  if (bad !== undefined)
    throw new OptionError(
      `trusted proxy ${JSON.stringify(bad)} (--trust-proxy) is not an address; give one such as 10.0.0.7 or ::1, or a range such as 10.0.0.0/8 or fd00::/8`,
    );
  for (const text of given) {
    const range = withoutHostBits(text);
    if (range === undefined) continue;
    const { 0: address } = text.trim().split('/');
    throw new OptionError(
      `trusted proxy ${JSON.stringify(text)} (--trust-proxy) has bits of a host behind its prefix; write ${range} for the whole range, or ${address} for the one address`,
    );
  }
  return new TrustedProxies(given);
}

/** Initial state of the clocks. @throws Problem where the instant cannot be parsed, or is out of range */
export function initialClock(clock: MockOptions['clock']): { frozen?: boolean; now?: number } {
  if (clock === undefined || clock === 'system') return {};
  if (clock === 'frozen') return { frozen: true };
  if (typeof clock !== 'object') return { frozen: true, now: parseInstant(clock, 'clock') };
  const now = clock.now === undefined ? {} : { now: parseInstant(clock.now, 'clock.now') };
  return { frozen: clock.frozen ?? true, ...now };
}

/** Splits a comma list, or trims the entries of a list; empty entries are dropped. */
export function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? value.split(',') : value)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
