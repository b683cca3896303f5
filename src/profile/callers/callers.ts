/**
 * Identifies callers: finds the credentials that an operation requires in a request, and the account they belong to.
 * @module
 */
import type { Caller, RequestFacts } from '../../limits/facts.js';
import { type Operation, usesCredentials } from '../../openapi/document/operation.js';
import { memoise } from '../../runtime/memoise.js';
import type { Issued } from '../../state/resources/resources.js';
import type { AccountStore } from '../../state/store.js';
import type { Profile } from '../schema/schema.js';
import { compileAnonymous } from './anonymous.js';
import { compileFacts, type GivenFacts } from './caller-facts.js';
import {
  type CredentialSpec,
  compileFixtures,
  compileRead,
  type FoundCaller,
  type ParsedCredential,
  type PatternCompiler,
  type ReadCredential,
} from './credentials.js';

function nativePattern(source: string) {
  return new RegExp(source);
}

/** What an operation requires. */
export type Required = Pick<Operation, 'security' | 'scopes'>;

/** A caller, or the name of an error. `key` is the credential that was found, valid or not. */
type Found = FoundCaller | { readonly error: string; readonly key: string | undefined };

/**
 * The result: a caller, the name of an error, or that the operation may be used without a credential and none was sent. In the last case there is a caller if the
 * profile describes anonymous ones.
 */
export type Identified =
  | Found
  | { readonly anonymous: true; readonly caller: Caller | undefined; readonly key: undefined };

/**
 * Identifies the caller of a request.
 *
 * @param operation the operation; `undefined`: any credential of the profile is required
 * @param issued credentials that requests have issued
 */
export type Identify = (
  request: RequestFacts,
  operation: Required | undefined,
  accounts: AccountStore,
  issued: ReadonlyMap<string, Issued>,
) => Identified;

/** Bound of the cache of security requirements: a document has few different ones. */
const MAX_REQUIREMENTS = 10_000;

/** A kind of credential that may satisfy a requirement. */
interface Candidate {
  readonly spec: CredentialSpec;
  readonly read: ReadCredential;
  /** The facts of every caller with such a credential. */
  readonly facts: GivenFacts;
  /** The scopes that the requirement names; `undefined` if it names none. */
  readonly scopes: readonly string[] | undefined;
}

/** The credentials that satisfy the requirements of an operation. */
interface Plan {
  /** Lists of which a request satisfies each part, by one of its candidates. */
  readonly together: readonly (readonly (readonly Candidate[])[])[];
  /** Candidates of which one suffices, in the profile's order. */
  readonly single: readonly Candidate[];
  /** Whether a request without any credential is accepted. */
  readonly optional: boolean;
  /** The error if there is no credential. */
  readonly missing: string;
}

/** Bound of the cache of callers by the values of facts that are read from the request, for each credential. */
const MAX_CALLERS = 1_000;

/**
 * Compiles the identification of a profile's callers.
 *
 * @param patterns compiles the patterns of credentials; default: `RegExp`, for profiles that were checked
 * @param isCheckable whether requests show that a security scheme is satisfied. A scheme that they do not show, and that no credential of the profile stands for, is not
 * asked for
 */
export function compileIdentify(
  profile: Profile,
  patterns: PatternCompiler = nativePattern,
  isCheckable: (scheme: string) => boolean = () => true,
): Identify {
  const fixtures = compileFixtures(profile, patterns);
  const kinds = Object.entries(profile.callers.credentials).map(([kind, spec]) => ({
    spec,
    read: compileRead(kind, spec, fixtures, patterns),
    facts: compileFacts(spec.facts),
  }));
  const { withoutSecurity, several } = profile.callers;
  const anonymous = compileAnonymous(profile);
  const { fact: accountFact, default: defaultAccount, plan: defaultPlan } = profile.accounts;
  // The key is the document's own object, so that each requirement is compiled once.
  const planOf = memoise((operation: Required | undefined) => compilePlan(operation), { max: MAX_REQUIREMENTS });

  return (request, operation, accounts, issued) => {
    const { together, single, optional, missing } = planOf(operation);
    let failure: Found | undefined;
    for (const parts of together) {
      const found = all(parts, request, accounts, issued);
      if (found && ('caller' in found || found.final)) return found;
      failure ??= found;
    }
    const found = several === 'all' ? every(single, request, accounts, issued) : any(single, request, accounts, issued);
    if (found && 'caller' in found) return found;
    failure ??= found;
    if (failure) return failure;
    return optional
      ? { anonymous: true, caller: anonymous(request, accounts), key: undefined }
      : { error: missing, key: undefined };
  };

  function compilePlan(operation: Required | undefined): Plan {
    const fallback = kinds[0]?.spec.missing ?? profile.answers.clientError;
    if (operation === undefined)
      return {
        together: [],
        single: kinds.map(withScopes(undefined)),
        optional: kinds.length === 0,
        missing: fallback,
      };
    if (withoutSecurity !== 'ignored' && !usesCredentials(operation))
      return {
        together: [],
        single: kinds.map(withScopes(undefined)),
        optional: withoutSecurity === 'optional',
        missing: fallback,
      };
    const lists = operation.security.map((names, i) =>
      names.filter(isAskedFor).map((name) => candidatesOf(name, operation.scopes[i]?.[name])),
    );
    const alone = lists.filter(({ length }) => length === 1).flat(2);
    const inOrder = kinds.flatMap(({ spec }) => alone.filter((one) => one.spec === spec));
    // The same kind may satisfy several requirements, with other scopes.
    const single = inOrder.filter((one, i) => inOrder.findIndex((other) => isSame(one, other)) === i);
    const together = lists.filter(({ length }) => length > 1);
    const first = single[0] ?? together[0]?.[0]?.[0];
    const optional = lists.length === 0 || lists.some(({ length }) => length === 0);
    return { together, single, optional, missing: first?.spec.missing ?? fallback };
  }

  function isAskedFor(name: string): boolean {
    return (kinds.length > 0 && isCheckable(name)) || candidatesOf(name, undefined).length > 0;
  }

  /** The kinds that stand for a security scheme. One that names none stands for all. */
  function candidatesOf(name: string, scopes: readonly string[] | undefined): Candidate[] {
    return kinds
      .filter(({ spec }) => spec.security === undefined || spec.security === name)
      .map(withScopes(scopes?.length ? scopes : undefined));
  }

  /** Finds the first valid credential of several kinds. @returns `undefined` if none of them was sent */
  function any(
    candidates: readonly Candidate[],
    request: RequestFacts,
    accounts: AccountStore,
    issued: ReadonlyMap<string, Issued>,
  ): Found | undefined {
    let failure: Found | undefined;
    for (const candidate of candidates) {
      const { spec, read, scopes } = candidate;
      const parsed = read(request);
      if (!parsed) continue;
      if (!parsed.known) {
        failure ??= { error: spec.invalid, key: parsed.key };
        continue;
      }
      const { key, fixture } = parsed.known;
      if (fixture?.error !== undefined) return { error: fixture.error, key };
      if (scopes && fixture?.scopes && !scopes.every((scope) => fixture.scopes!.includes(scope))) {
        failure ??= { error: spec.forbidden ?? spec.invalid, key };
        continue;
      }
      const issuance = issued.get(key);
      if (issuance?.revoked) return { error: spec.invalid, key };
      const account = accounts.ownerOf(key) ?? fixture?.account ?? issuance?.account ?? defaultAccount;
      return foundCaller(candidate, parsed, request, account, accounts.get(account)?.plan ?? defaultPlan);
    }
    return failure;
  }

  /** The caller with a credential. The same object is returned until its account, plan or facts change. */
  function foundCaller(
    { spec, facts: given }: Candidate,
    parsed: ParsedCredential,
    request: RequestFacts,
    account: string,
    plan: string,
  ): FoundCaller {
    const values = given.values?.(request);
    const text = values && JSON.stringify(values);
    const last = text === undefined ? parsed.last : parsed.others?.get(text);
    if (last && last.caller.account === account && last.caller.plan === plan) return last;
    const { kind, key, fixture } = parsed.known!;
    const facts = {
      ...given.constant,
      ...(values && given.named(values)),
      ...parsed.known!.facts,
      ...fixture?.facts,
      [spec.fact]: key,
      [accountFact]: account,
    };
    const found = { caller: { kind, facts, account, plan }, key };
    if (text === undefined) parsed.last = found;
    else {
      if (!parsed.others || parsed.others.size >= MAX_CALLERS) parsed.others = new Map();
      parsed.others.set(text, found);
    }
    return found;
  }

  /** Finds all valid credentials that were sent, of any kind; one that is not valid is an error. @returns `undefined` if there is none */
  function every(
    candidates: readonly Candidate[],
    request: RequestFacts,
    accounts: AccountStore,
    issued: ReadonlyMap<string, Issued>,
  ): Found | undefined {
    const callers: FoundCaller[] = [];
    let failure: Found | undefined;
    for (const candidate of candidates) {
      const found = any([candidate], request, accounts, issued);
      if (!found) continue;
      if ('caller' in found) callers.push(found);
      // A header with another scheme is a credential of another kind.
      else if (found.key !== undefined) return found;
      else failure ??= found;
    }
    if (callers.length < 2) return callers[0] ?? failure;
    return merged(
      callers.map(({ caller }) => caller),
      callers[0]!.key,
    );
  }

  /**
   * Finds a valid credential for each part. @returns `undefined` if none of them was sent. An error is final if all of them were sent, so that the request is not
   * judged by one of them alone
   */
  function all(
    parts: readonly (readonly Candidate[])[],
    request: RequestFacts,
    accounts: AccountStore,
    issued: ReadonlyMap<string, Issued>,
  ): FoundCaller | (Exclude<Found, FoundCaller> & { readonly final: boolean }) | undefined {
    const found = parts.map((candidates) => any(candidates, request, accounts, issued));
    const failure = found.find((one) => one && 'error' in one);
    if (failure && 'error' in failure) return { ...failure, final: found.every((one) => one?.key !== undefined) };
    const valid = found.filter((one) => one !== undefined && 'caller' in one);
    const lacking = found.indexOf(undefined);
    if (lacking >= 0) {
      const error = parts[lacking]![0]?.spec.missing ?? profile.answers.clientError;
      return valid[0] && { error, key: valid[0].key, final: false };
    }
    return merged(
      valid.map(({ caller }) => caller),
      valid[0]!.key,
    );
  }

  /** One caller with the facts of all. The first credential of which the account is not the default one says the account. */
  function merged(callers: readonly Caller[], key: string): FoundCaller {
    const [first] = callers;
    const known = mergedCallers.get(first!);
    if (known?.from.every((one, i) => one === callers[i])) return known.found;
    const { account, plan } = callers.find((one) => one.account !== defaultAccount) ?? first!;
    const facts = Object.assign({}, ...callers.map((one) => one.facts).reverse(), { [accountFact]: account });
    const found = { caller: { kind: first!.kind, facts, account, plan }, key };
    mergedCallers.set(first!, { from: callers, found });
    return found;
  }
}

/** Callers with several credentials, by the caller of the first. The same object is returned as long as the credentials are the same. */
const mergedCallers = new WeakMap<Caller, { readonly from: readonly Caller[]; readonly found: FoundCaller }>();

function withScopes(scopes: readonly string[] | undefined) {
  return (kind: Omit<Candidate, 'scopes'>): Candidate => ({ ...kind, scopes });
}

function isSame(a: Candidate, b: Candidate): boolean {
  return a.spec === b.spec && a.scopes?.join(' ') === b.scopes?.join(' ');
}
