/**
 * A compiled provider: its profile and document, ready to serve. Nothing is parsed or compiled per request.
 * @module
 */
import type { Collection, Context, Library, Reply } from '../../behaviours/behaviour.js';
import { compileUnique, withRoot } from '../../behaviours/collections/shared.js';
import { behaviour as behaviourNamed } from '../../behaviours/index.js';
import { type AlgorithmName, algorithm } from '../../limits/algorithms/index.js';
import { Calendar } from '../../limits/calendar.js';
import { FactSource } from '../../limits/facts.js';
import { compilePartition, factPath } from '../../limits/partitions.js';
import { countedBy, maxUnits, NO_WINDOW, type Policy } from '../../limits/policy.js';
import { compileHeaders, type HeaderWriter } from '../../limits/render/headers.js';
import { compileTemplate, type Stamp, type Template } from '../../limits/render/template.js';
import { type CostRule, compileActualCost, compileCost } from '../../limits/rules/cost.js';
import {
  type Condition,
  compileAny,
  compileCondition,
  conditionsIn,
  type Predicate,
} from '../../limits/rules/matching.js';
import { compileQuantity } from '../../limits/rules/quantity.js';
import { compileSettings } from '../../limits/settings.js';
import { WINDOW_FACT } from '../../limits/varying-window.js';
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { type Operation, usesCredentials } from '../../openapi/document/operation.js';
import { securityScheme } from '../../openapi/document/security.js';
import { createBodyReaders, type ReadBody } from '../../openapi/request/body/read-body.js';
import { createRouter, type OperationRouter } from '../../openapi/request/router.js';
import { createPathChecks, createValidators, type Validator } from '../../openapi/request/validation.js';
import { type Checks, compileChecks } from '../../openapi/schema/checks.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import { compileIdentify, type Identify } from '../callers/callers.js';
import type { PatternCompiler } from '../callers/credentials.js';
import { type SecretFacts, secretFacts } from '../callers/secret-facts.js';
import type { ProfileIssue } from '../errors.js';
import type { PolicySpec, Profile } from '../schema/schema.js';
import { baseName } from '../versions.js';
import { documentedHeaders } from './documented-headers.js';
import { type IetfRevision, withIetf } from './ietf.js';
import { compileRefusal } from './refusals.js';
import { compileRequirement, type Requirement } from './requirements.js';
import { compileTells, type Tell } from './tells.js';
import { compileViolations, type ViolationError } from './violations.js';
import { compileWebhooks, operationsOn, type Webhooks } from './webhooks.js';
import { compileVarying, compileWindow } from './windows.js';

/** A compiled provider. */
export interface Provider {
  readonly id: string;
  readonly profile: Profile;
  /** The profile's file; that of the document, or its URL, if the document is served alone. */
  readonly file: string;
  /** Set if the document is served without a profile. */
  readonly alone: DocumentAlone | undefined;
  /** Active variants. */
  readonly variants: readonly string[];
  /** Warnings about the profile or its document. */
  readonly warnings: readonly ProfileIssue[];
  readonly document: OpenApiDocument;
  readonly router: OperationRouter;
  /** Divides every duration. */
  readonly compress: number;
  /** The calendar in which the provider counts days: that of its first policy with a window of a time zone, else UTC. */
  readonly calendar: Calendar;
  readonly identify: Identify;
  /** Whether credentials of requests to an operation are read, be it that it needs none. */
  readonly readsCredentials: (operation: Operation) => boolean;
  /** Whether a path without an operation still needs a caller. */
  readonly needsCaller: (path: string) => boolean;
  /** In the order of evaluation. */
  readonly policies: readonly Policy[];
  /** Whether each policy that is queried once the caller is known yields the same query for all requests of a caller. */
  readonly sameForAllRequests: boolean;
  /** The policies by id. */
  readonly policy: ReadonlyMap<string, Policy>;
  /** Whether a rule reads how policies stand. */
  readonly readsPolicies: boolean;
  readonly writeHeaders: HeaderWriter;
  /** The profile's errors by name. */
  readonly errors: ReadonlyMap<string, ErrorAnswer>;
  /** Guards by when they run: before validation, after it, and after the requirements. */
  readonly guards: {
    readonly beforeValidation: readonly Guard[];
    readonly afterValidation: readonly Guard[];
    readonly afterRequirements: readonly Guard[];
  };
  /** Validates requests to an operation. Compiled lazily. */
  readonly validator: (operation: Operation) => Validator;
  /** Reads the bodies of requests to an operation. Compiled lazily. */
  readonly bodyReader: (operation: Operation | undefined) => ReadBody;
  readonly violationError: ViolationError;
  readonly requestId:
    | { readonly template: Template; readonly header: string | undefined; readonly echo: boolean }
    | undefined;
  /** The handler of an operation. Compiled lazily. */
  readonly behaviour: (operation: Operation) => OperationHandler;
  /** The caller facts that are secret. */
  readonly secretFacts: SecretFacts;
  readonly collections: ReadonlyMap<string, Collection>;
  /** The webhooks that it sends besides those of single jobs; `undefined` if it sends none. */
  readonly webhooks: Webhooks | undefined;
  /** The logs of calls. */
  readonly callLogs: readonly CallLog[];
  /** What behaviours share. */
  readonly library: Library;
}

/** A document that is served without a profile. */
export interface DocumentAlone {
  /** Name for messages: a path, a URL, or `createMock({ openapi })`. */
  readonly name: string;
  /** Absolute path; `undefined` for a URL or an object. */
  readonly file: string | undefined;
}

/** One of the profile's errors, compiled. */
export interface ErrorAnswer {
  readonly name: string;
  readonly status: number;
  /** Requests for which a forced status may mean this error. */
  readonly when: Predicate;
  readonly contentType: string;
  readonly headers: Template;
  readonly body: Template | undefined;
  /** The instants that its body and headers state, except `Retry-After`, which is parsed from the response. */
  readonly stamps: readonly Stamp[];
  /** Where else the response tells when to come back, by the profile's word. */
  readonly tells: readonly Tell[];
}

/** A collection whose entries are the calls of its scope. */
export interface CallLog {
  readonly collection: Collection;
  /** Caller fact → values: the callers whose calls are entered. */
  readonly callers: Readonly<Record<string, readonly string[]>>;
  readonly item: Template;
  /** How many entries each scope keeps. */
  readonly keep: number;
  /** operationIds that read it. */
  readonly readers: ReadonlySet<string>;
}

/** A rule that answers some requests with an error. */
export interface Guard {
  readonly when: Predicate;
  readonly error: string;
}

/** A compiled operation. */
export interface OperationHandler {
  /** Tested in order before `run`. */
  readonly requires: readonly Requirement[];
  readonly run: (context: Context) => Reply;
}

/** How a provider is compiled. */
export interface CompileOptions {
  readonly file: string;
  /** Set if the document is served without a profile. */
  readonly alone?: DocumentAlone | undefined;
  readonly variants: readonly string[];
  /** Divides every duration. */
  readonly compress: number;
  /** The checks of the document's schemas, if they are precompiled. */
  readonly checks?: Checks | undefined;
  /** Whether examples of the document that are not valid by their schema are replaced by made data. Default: false. */
  readonly strictExamples?: boolean | undefined;
  /** The revision of draft-ietf-httpapi-ratelimit-headers whose fields are added. Default: none. */
  readonly ietf?: IetfRevision | undefined;
  /** Compiles the patterns of credentials. Default: `RegExp`. */
  readonly patterns?: PatternCompiler | undefined;
  /** Warnings about the profile or its document. */
  readonly warnings?: readonly ProfileIssue[] | undefined;
}

/** Compiles a provider from a checked profile and its document. */
export function compileProvider(given: Profile, document: OpenApiDocument, options: CompileOptions): Provider {
  const { compress, ietf } = options;
  const profile = ietf === undefined ? given : withIetf(given, ietf, options.alone !== undefined);
  const policies = Object.entries(profile.policies).map(([id, spec]) =>
    compilePolicy(id, spec as PolicySpec, compress, Object.keys(profile.policies)),
  );
  const collections = compileCollections(profile);
  const { strictExamples = false } = options;
  const library: Library = { document, collections, strictExamples, sendsHeader: documentedHeaders(profile) };
  const checks = options.checks ?? compileChecks(document);
  const prefixes = profile.callers.under;
  return {
    id: profile.id,
    profile,
    file: options.file,
    alone: options.alone,
    variants: options.variants,
    warnings: options.warnings ?? [],
    document,
    router: createRouter(document.operations, createPathChecks(checks)),
    compress,
    calendar: new Calendar(timeZoneOf(profile)),
    identify: compileIdentify(profile, options.patterns, (scheme) => securityScheme(document, scheme) !== undefined),
    readsCredentials: profile.callers.withoutSecurity === 'ignored' ? usesCredentials : () => true,
    needsCaller: (path) => prefixes.some((prefix) => path.startsWith(prefix) || `${path}/` === prefix),
    policies,
    sameForAllRequests: policies.every(({ phase, sameForAllRequests }) => phase !== 'caller' || sameForAllRequests),
    policy: new Map(policies.map((policy) => [policy.id, policy])),
    readsPolicies: readsPolicies(profile),
    writeHeaders: compileHeaders(profile.headers),
    errors: new Map(Object.entries(profile.errors).map(([name, spec]) => [name, compileError(name, spec)])),
    guards: {
      beforeValidation: compileGuards(profile, 'before-validation'),
      afterValidation: compileGuards(profile, 'after-validation'),
      afterRequirements: compileGuards(profile, 'after-requirements'),
    },
    validator: createValidators(checks),
    bodyReader: createBodyReaders(document, checks),
    violationError: compileViolations(profile),
    requestId: profile.requestId && {
      template: compileTemplate(profile.requestId.template),
      header: profile.requestId.header,
      echo: profile.requestId.echo,
    },
    behaviour: memoiseWeakly((operation: Operation) => compileBehaviour(profile, operation, library)),
    secretFacts: secretFacts(profile),
    collections,
    webhooks: compileWebhooks(profile, compress),
    callLogs: compileCallLogs(profile, collections),
    library,
  };
}

/** The time zone of the first policy whose windows follow one; `UTC` if there is none. */
function timeZoneOf({ policies }: Profile): string {
  for (const { window } of Object.values(policies) as PolicySpec[]) {
    const start = window?.start;
    // A table of starts has become versions of the policy by now.
    if (typeof start === 'string' && start !== 'first-request' && start !== 'utc') return start;
  }
  return 'UTC';
}

/** @param ids the ids of all policies, versions included */
function compilePolicy(id: string, spec: PolicySpec, compress: number, ids: readonly string[]): Policy {
  const counted = countedBy(
    algorithm(spec.algorithm as AlgorithmName),
    (spec.window && compileWindow(spec.window, compress)) ?? NO_WINDOW,
  );
  const maxCost = maxUnits(counted);
  const settings = compileSettings(counted.algorithm, spec, { scale: spec.scale, compress });
  const quota = compileQuantity(spec.quota);
  const [needs, mostPerRequest] = [spec.needs, spec.mostPerRequest].map(
    (one) => one !== undefined && compileQuantity(one),
  );
  const varyingWindow = counted.kind === 'counter' ? compileVarying(spec.window, compress) : undefined;
  const sameForCaller = [quota, needs, mostPerRequest].every(
    (one) => !one || one.paths.every(([root]) => root === 'caller'),
  );
  return {
    id,
    base: baseName(id),
    ...counted,
    varyingWindow,
    quota,
    settings: settings.base,
    settingsOf: settings.of,
    settingsInWords: settings.inWords,
    unit: spec.unit,
    scale: spec.scale,
    partitionBy: varyingWindow ? [...spec.partitionBy, WINDOW_FACT] : spec.partitionBy,
    groups: spec.groups,
    phase: spec.asked,
    sameForAllRequests:
      sameForCaller &&
      (varyingWindow?.sameForCaller ?? true) &&
      settings.sameForCaller &&
      (spec.applies ?? []).every(readsOnlyCaller) &&
      isConstant(spec.cost) &&
      spec.partitionBy.every((name) => factPath(name)[0] === 'caller'),
    applies: spec.applies ? compileAny(spec.applies) : compileCondition(undefined),
    partition: compilePartition(spec.partitionBy, {
      isShared: spec.absent === 'shared',
      groups: spec.groups,
      last: varyingWindow && ((facts) => varyingWindow.nameFor(new FactSource(facts))),
    }),
    absent: spec.absent ?? 'skip',
    needs: needs || undefined,
    mostPerRequest: mostPerRequest || undefined,
    cost: compileCost(spec.cost ?? [], spec.scale, maxCost),
    actualCost: spec.actualCost && compileActualCost(spec.actualCost, spec.scale, maxCost),
    free: compileAny(spec.free),
    refusal: compileRefusal(id, spec.refusal, ids),
    warnAbove: spec.warnAbove,
  };
}

/** Whether a condition or a quantity reads how policies stand. Templates read it in another way. */
function readsPolicies({ policies, headers, errors, guards, operations, validation }: Profile): boolean {
  const rules = JSON.stringify([policies, headers, errors, guards, operations, validation]);
  return /(?<!\$\{[^}]*)\bpolicies\./.test(rules);
}

/** Whether a cost is one constant. */
function isConstant(cost: readonly CostRule[] | undefined): boolean {
  return (cost ?? []).every(
    ({ when, units = 1, count, price, graphql, times = 1, each }) =>
      !when && !count && !price && !graphql && !each && [units, times].every((one) => typeof one === 'number'),
  );
}

/** Whether a condition depends on nothing but facts of the caller. */
function readsOnlyCaller(condition: Condition): boolean {
  return [...conditionsIn(condition)].every((one) =>
    Object.keys(one).every((key) => ['caller', 'any', 'all', 'not'].includes(key) && !comparesFacts(one)),
  );
}

/** Whether a comparison of a caller fact has a bound that is a formula. */
function comparesFacts({ caller = {} }: Condition): boolean {
  return Object.values(caller)
    .flat()
    .some(
      (test) =>
        typeof test === 'object' &&
        [test.above, test.below, test.from, test.to].some((bound) => bound !== undefined && typeof bound !== 'number'),
    );
}

function compileError(name: string, spec: Profile['errors'][string]): ErrorAnswer {
  const { headers = {} } = spec;
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'retry-after');
  const body = spec.body === undefined ? undefined : compileTemplate(spec.body);
  return {
    name,
    status: spec.status,
    when: compileCondition(spec.when),
    contentType: spec.contentType ?? 'application/json',
    headers: compileTemplate(headers),
    body,
    stamps: [...compileTemplate(Object.fromEntries(others)).stamps, ...(body?.stamps ?? [])],
    tells: compileTells(spec.tells ?? {}),
  };
}

function compileGuards(profile: Profile, at: Profile['guards'][number]['at']): Guard[] {
  return profile.guards
    .filter((guard) => guard.at === at)
    .map(({ when, error }) => ({ when: compileCondition(when), error }));
}

function compileCollections(profile: Profile): Map<string, Collection> {
  return new Map(
    Object.entries(profile.collections).map(([id, spec]): [string, Collection] => [
      id,
      {
        id,
        scope: spec.scope.map(compileTemplate),
        idOf: compileTemplate(spec.id),
        seed: compileSeed(spec.seed),
        newestFirst: spec.order === 'newest-first',
        unique: spec.unique.map(compileUnique),
        credential: spec.credential === undefined ? undefined : compileTemplate(spec.credential),
        life: spec.life && {
          runTimeMs: spec.life.runTime,
          running: spec.life.running,
          outcome: spec.life.outcome,
          views: new Map(Object.entries(spec.life.views).map(([state, view]) => [state, compileTemplate(view)])),
        },
      },
    ]),
  );
}

function compileCallLogs(profile: Profile, collections: ReadonlyMap<string, Collection>): CallLog[] {
  return Object.entries(profile.collections).flatMap(([id, { calls }]): CallLog[] =>
    calls
      ? [
          {
            collection: collections.get(id)!,
            callers: calls.callers,
            item: compileTemplate(calls.item),
            keep: calls.keep,
            readers: operationsOn(profile, id),
          },
        ]
      : [],
  );
}

function compileSeed(seed: Profile['collections'][string]['seed']): Collection['seed'] {
  const make = (template: Template, context: Context, index: number) =>
    template.render(withRoot(context.scope, 'index', index), context.now) as Record<string, unknown>;
  if (Array.isArray(seed)) {
    const templates = seed.map(compileTemplate);
    return (context) => templates.map((template, index) => make(template, context, index));
  }
  const template = compileTemplate(seed.item);
  return (context) => Array.from({ length: seed.count }, (_, index) => make(template, context, index));
}

function compileBehaviour(profile: Profile, operation: Operation, library: Library): OperationHandler {
  const {
    behaviour: name = 'example',
    requires = [],
    evidence: _evidence,
    ...options
  } = profile.operations[operation.id] ?? {};
  const run = behaviourNamed(name as 'example').compile(options, operation, library);
  return { requires: requires.map((one) => compileRequirement(one, library.collections)), run };
}
