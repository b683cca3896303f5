/**
 * What the schema cannot say: that names name something, that windows suit their algorithm, that no rule is out of reach.
 * @module
 */
import { behaviour as behaviourNamed } from '../behaviours/index.js';
import { type AlgorithmName, algorithm as algorithmNamed } from '../limits/algorithms/index.js';
import { FACT_ROOTS } from '../limits/facts.js';
import { type Condition, globPattern } from '../limits/matching.js';
import { compileTemplate, TemplateError } from '../limits/render/template.js';
import { isObject, type OpenApiDocument } from '../openapi/document.js';
import { exampleNames } from '../openapi/examples.js';
import { type ProfileIssue, suggest } from './errors.js';
import { pathText } from './parse.js';
import type { PolicySpec, Profile } from './schema.js';
import type { Position } from './source.js';
import { compileWindow } from './windows.js';

type Path = readonly PropertyKey[];

interface Place {
  readonly file: string;
  /** The profile as written, without variants. */
  readonly base?: unknown;
  position(path: Path): Position;
}

/** Roots that templates may name, by where they stand. */
const COMMON_ROOTS = ['request', 'caller', 'body', 'query', 'params', 'header', 'ip', 'now', 'new', 'policies'];
const ERROR_ROOTS = [...COMMON_ROOTS, 'refusal', 'retryAfter', 'retryAt', 'violation', 'detail'];
const BEHAVIOUR_ROOTS = [
  ...COMMON_ROOTS,
  'item',
  'page',
  'entry',
  'index',
  'created',
  'skipped',
  'deleted',
  'missing',
  'jobs',
  'job',
  'batch',
  'rows',
  'days',
  'cost',
];

export function checkProfile(profile: Profile, document: OpenApiDocument, place: Place): ProfileIssue[] {
  const issues: ProfileIssue[] = [];
  const add = (code: string, path: Path, problem: string, fix: string) => {
    issues.push({
      code: `profile/${code}`,
      file: place.file,
      ...place.position(path),
      path: pathText(path),
      problem,
      fix,
    });
  };
  const names = namesOf(profile, document);
  const named = (kind: keyof typeof names, name: string | undefined, path: Path) => {
    if (name === undefined || names[kind].includes(name)) return;
    add(`unknown-${kind}`, path, `there is no ${kind} "${name}"`, suggest(name, names[kind]));
  };
  const condition = (given: Condition | undefined, path: Path) => {
    if (!given) return;
    for (const id of given.operation ?? []) named('operation', id, [...path, 'operation']);
    for (const name of given.error ?? []) named('error', name, [...path, 'error']);
    for (const fact of Object.keys(given.caller ?? {})) named('fact', fact, [...path, 'caller', fact]);
    for (const fact of Object.keys(given.fact ?? {})) checkFactPath(fact, [...path, 'fact', fact], add);
    condition(given.not, [...path, 'not']);
  };
  const template = (given: unknown, path: Path, roots: readonly string[]) =>
    checkTemplate(given, path, roots, names, add);

  walkEvidence(profile, [], (source, path) => named('source', source, path));
  for (const [id, spec] of Object.entries(profile.policies)) checkPolicy(id, spec as PolicySpec);
  for (const [name, header] of Object.entries(profile.headers)) {
    for (const id of [header.policy ?? []].flat()) named('policy', id, ['headers', name, 'policy']);
    if (
      header.text === undefined &&
      header.value !== 'retry-after' &&
      (header.policy === undefined || header.value === undefined)
    ) {
      add(
        'incomplete-header',
        ['headers', name],
        'says neither what it shows nor a text',
        'give policy and value, or text',
      );
    }
    condition(header.when, ['headers', name, 'when']);
    template(header.text, ['headers', name, 'text'], COMMON_ROOTS);
  }
  for (const [name, { body, headers, when }] of Object.entries(profile.errors)) {
    condition(when, ['errors', name, 'when']);
    template(body, ['errors', name, 'body'], ERROR_ROOTS);
    template(headers, ['errors', name, 'headers'], ERROR_ROOTS);
  }
  for (const [key, name] of Object.entries(profile.answers)) named('error', name, ['answers', key]);
  for (const [id, plan] of Object.entries(profile.plans)) {
    for (const policy of Object.keys(plan.quotas)) named('policy', policy, ['plans', id, 'quotas', policy]);
    named('error', plan.denied, ['plans', id, 'denied']);
  }
  named('plan', profile.accounts.plan, ['accounts', 'plan']);
  for (const [i, fixture] of profile.fixtures.entries()) {
    named('credential', fixture.credential, ['fixtures', i, 'credential']);
    named('plan', fixture.plan, ['fixtures', i, 'plan']);
    named('error', fixture.error, ['fixtures', i, 'error']);
    checkPattern(fixture.pattern, ['fixtures', i, 'pattern']);
  }
  for (const [id, credential] of Object.entries(profile.callers.credentials)) {
    const path = ['callers', 'credentials', id];
    named('error', credential.missing, [...path, 'missing']);
    named('error', credential.invalid, [...path, 'invalid']);
    named('security', credential.security, [...path, 'security']);
    checkPattern(credential.pattern, [...path, 'pattern']);
    if ((credential.header === undefined) === (credential.query === undefined)) {
      add('credential-place', path, 'must say where the credential stands', 'give header or query, one of them');
    }
  }
  for (const [i, rule] of profile.validation.entries()) {
    named('error', rule.error, ['validation', i, 'error']);
    condition(rule.when, ['validation', i, 'when']);
  }
  for (const [i, guard] of profile.guards.entries()) {
    named('error', guard.error, ['guards', i, 'error']);
    condition(guard.when, ['guards', i, 'when']);
  }
  checkLibrary();
  checkOperations();
  for (const [id, claim] of Object.entries(profile.claims)) {
    for (const variant of claim.variants) named('variant', variant, ['claims', id, 'variants']);
    // A variant may have taken away the rule that it reads otherwise.
    if (claim.rule !== undefined && !exists(profile, claim.rule) && !exists(place.base ?? profile, claim.rule)) {
      add(
        'unknown-rule',
        ['claims', id, 'rule'],
        `this profile has no "${claim.rule}"`,
        'name a rule such as policies.<id>, headers.<name>, errors.<name>',
      );
    }
  }
  return issues;

  function checkPolicy(id: string, spec: PolicySpec): void {
    const path = ['policies', id];
    const algorithm = algorithmNamed(spec.algorithm as AlgorithmName);
    if (algorithm.windows.length === 0) {
      if (spec.window) add('window', [...path, 'window'], `${spec.algorithm} has no window`, 'remove it');
    } else if (!spec.window) {
      add(
        'missing-key',
        [...path, 'window'],
        `is missing (${spec.algorithm} needs one)`,
        'add it: { length: 60s, start: utc }',
      );
    } else {
      const window = compileWindow(spec.window, 1);
      if (!window)
        add(
          'window',
          [...path, 'window', 'length'],
          `a calendar in ${spec.window.start} has no such unit`,
          'use hour, day, week or month, or start: utc',
        );
      else if (!algorithm.windows.includes(window.kind)) {
        add(
          'window',
          [...path, 'window', 'start'],
          `${spec.algorithm} cannot count by such a window`,
          `use ${algorithm.windows.map(windowStart).join(' or ')}`,
        );
      }
    }
    for (const [i, fact] of spec.partitionBy.entries()) {
      if (fact === 'ip' || fact === 'operation' || fact === 'method' || fact === 'path') continue;
      if (fact.includes('.')) checkFactPath(fact, [...path, 'partitionBy', i], add);
      else named('fact', fact, [...path, 'partitionBy', i]);
    }
    named('error', spec.refusal.error, [...path, 'refusal', 'error']);
    named('error', spec.refusal.impossible, [...path, 'refusal', 'impossible']);
    if (typeof spec.refusal.charges !== 'string')
      for (const other of spec.refusal.charges) named('policy', other, [...path, 'refusal', 'charges']);
    for (const [i, free] of spec.free.entries()) condition(free, [...path, 'free', i]);
    for (const [i, rule] of (spec.cost ?? []).entries())
      condition('when' in rule ? rule.when : undefined, [...path, 'cost', i, 'when']);
    for (const [i, one] of (spec.applies ?? []).entries()) condition(one, [...path, 'applies', i]);
    if (spec.applies && !spec.applies.some((one) => reachable(one, document, profile))) {
      add(
        'unreachable-policy',
        [...path, 'applies'],
        'no operation of the document ever meets this policy',
        'widen the condition, or remove the policy',
      );
    }
  }

  function checkLibrary(): void {
    const { cache, idempotency, requestId } = profile;
    for (const id of cache && cache.operations !== 'all' ? cache.operations : [])
      named('operation', id, ['cache', 'operations']);
    for (const id of cache?.bypass ?? []) named('operation', id, ['cache', 'bypass']);
    for (const id of idempotency?.operations ?? []) named('operation', id, ['idempotency', 'operations']);
    named('error', idempotency?.conflict, ['idempotency', 'conflict']);
    template(requestId?.template, ['requestId', 'template'], COMMON_ROOTS);
    for (const [id, collection] of Object.entries(profile.collections)) {
      const path = ['collections', id];
      for (const [i, { error }] of collection.unique.entries()) named('error', error, [...path, 'unique', i, 'error']);
      template(collection.scope, [...path, 'scope'], BEHAVIOUR_ROOTS);
      template(collection.id, [...path, 'id'], BEHAVIOUR_ROOTS);
      template(collection.credential, [...path, 'credential'], BEHAVIOUR_ROOTS);
      template(
        Array.isArray(collection.seed) ? collection.seed : collection.seed.item,
        [...path, 'seed'],
        BEHAVIOUR_ROOTS,
      );
      template(collection.life?.views, [...path, 'life', 'views'], BEHAVIOUR_ROOTS);
    }
  }

  function checkOperations(): void {
    for (const [id, spec] of Object.entries(profile.operations)) {
      const path = ['operations', id];
      named('operation', id, path);
      const { behaviour: name, requires, evidence: _, ...options } = spec;
      const used = behaviourNamed(name as 'example');
      const references = used.references?.(options) ?? {};
      for (const collection of references.collections ?? []) named('collection', collection, path);
      for (const error of references.errors ?? []) named('error', error, path);
      const operation = document.operations.find((one) => one.id === id);
      const examples = operation ? exampleNames(document, operation) : [];
      for (const example of references.examples ?? []) {
        if (operation && !examples.includes(example))
          add('unknown-example', path, `the document has no example "${example}" for it`, suggest(example, examples));
      }
      for (const given of used.templates?.(options) ?? []) template(given, path, BEHAVIOUR_ROOTS);
      for (const [i, requirement] of requires.entries()) {
        condition(requirement.when, [...path, 'requires', i, 'when']);
        named('error', requirement.error, [...path, 'requires', i, 'error']);
        named('collection', requirement.item?.collection, [...path, 'requires', i, 'item']);
        template(requirement.item?.id, [...path, 'requires', i, 'item'], BEHAVIOUR_ROOTS);
        for (const key of ['same', 'anyOf'] as const)
          for (const [j, at] of (requirement[key] ?? []).entries())
            template(`\${${at}}`, [...path, 'requires', i, key, j], BEHAVIOUR_ROOTS);
      }
    }
  }

  function checkPattern(pattern: string | undefined, path: Path): void {
    if (pattern === undefined) return;
    try {
      new RegExp(pattern);
    } catch (error) {
      add('bad-pattern', path, `is no regular expression: ${(error as Error).message}`, 'mend it');
    }
  }
}

function namesOf(profile: Profile, document: OpenApiDocument) {
  const schemes = document.at('#/components/securitySchemes');
  const credentials = Object.values(profile.callers.credentials);
  const groups = credentials.flatMap(({ pattern }) =>
    [...pattern.matchAll(/\(\?<([^>=!]+)>/g)].map((match) => match[1]!),
  );
  return {
    source: Object.keys(profile.sources),
    operation: document.operations.map(({ id }) => id),
    error: Object.keys(profile.errors),
    policy: Object.keys(profile.policies),
    plan: Object.keys(profile.plans),
    credential: Object.keys(profile.callers.credentials),
    collection: Object.keys(profile.collections),
    variant: Object.keys(profile.variants),
    security: isObject(schemes) ? Object.keys(schemes) : [],
    fact: [
      ...new Set([
        'kind',
        'plan',
        profile.accounts.fact,
        ...credentials.flatMap(({ fact, facts }) => [fact, ...Object.keys(facts)]),
        ...groups,
        ...profile.fixtures.flatMap(({ facts }) => Object.keys(facts)),
      ]),
    ],
  };
}

type Add = (code: string, path: Path, problem: string, fix: string) => void;

function checkFactPath(fact: string, path: Path, add: Add): void {
  const root = fact.split('.')[0]!;
  if (!(FACT_ROOTS as readonly string[]).includes(root))
    add('unknown-fact', path, `a request has no "${root}"`, suggest(root, FACT_ROOTS));
}

function checkTemplate(
  given: unknown,
  path: Path,
  roots: readonly string[],
  names: { readonly policy: readonly string[]; readonly fact: readonly string[] },
  add: Add,
): void {
  if (given === undefined) return;
  try {
    for (const [root, second] of compileTemplate(given).paths) {
      if (!roots.includes(root!))
        add('unknown-placeholder', path, `templates here cannot name "${root}"`, suggest(root!, roots));
      else if (root === 'policies' && !names.policy.includes(second ?? ''))
        add('unknown-policy', path, `there is no policy "${second}"`, suggest(second ?? '', names.policy));
      else if (root === 'caller' && ![...names.fact, 'account'].includes(second ?? ''))
        add('unknown-fact', path, `there is no fact "${second}"`, suggest(second ?? '', names.fact));
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    add('bad-template', path, error.message, 'mend the placeholder');
  }
}

/** Whether any operation (or, for a path, any path that needs a caller) can meet the condition. */
function reachable({ operation, method, path, tag }: Condition, document: OpenApiDocument, profile: Profile): boolean {
  const patterns = path?.map(globPattern);
  const operations = document.operations.some(
    (one) =>
      (!operation || operation.includes(one.id)) &&
      (!method || method.includes(one.method)) &&
      (!tag || one.tags.some((name) => tag.includes(name))) &&
      (!patterns || patterns.some((pattern) => pattern.test(one.path))),
  );
  const wild =
    !operation && !tag && (path ?? []).some((glob) => profile.callers.under.some((prefix) => glob.startsWith(prefix)));
  return operations || wild;
}

function windowStart(kind: string): string {
  return kind === 'first-request' ? 'start: first-request' : kind === 'aligned' ? 'start: utc' : 'start: <time zone>';
}

function walkEvidence(value: unknown, path: Path, visit: (source: string, path: Path) => void): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const isEvidence = key === 'evidence' || (path[0] === 'claims' && path.length === 1);
    if (isEvidence && typeof (inner as { source?: unknown } | null)?.source === 'string')
      visit((inner as { source: string }).source, [...at, 'source']);
    if (path.length < 6) walkEvidence(inner, at, visit);
  }
}

function exists(profile: unknown, rule: string): boolean {
  let at = profile;
  let rest = rule;
  // Keys may hold dots or dashes, so the longest key that fits is taken at each step.
  while (rest !== '') {
    if (at === null || typeof at !== 'object') return false;
    const key = Object.keys(at)
      .filter((one) => rest === one || rest.startsWith(`${one}.`))
      .sort((a, b) => b.length - a.length)[0];
    if (key === undefined) return false;
    at = (at as Record<string, unknown>)[key];
    rest = rest.slice(key.length + 1);
  }
  return true;
}
