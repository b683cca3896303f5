/**
 * Checks the credentials and facts of callers: each fact has one meaning, and each credential one place.
 * @module
 */

import { ANONYMOUS_KIND } from '../callers/anonymous.js';
import { BASIC_PARAMETERS, isBasic } from '../callers/auth-parameters.js';
import { CALLER_FACT_ROOTS } from '../callers/caller-facts.js';
import { CREDENTIAL_PLACES, placesOf } from '../callers/places.js';
import { suggest } from '../errors.js';
import { groupsOf, type Path } from '../names.js';
import type { Profile } from '../schema/schema.js';
import type { Checker } from './checker.js';

type Credential = Profile['callers']['credentials'][string];

/** Checks `callers`, and the facts of fixtures. */
export function checkCallers(checker: Checker): void {
  const { profile, named, add } = checker;
  const { credentials, anonymous } = profile.callers;
  for (const [id, credential] of Object.entries(credentials)) {
    const path = ['callers', 'credentials', id];
    named('error', credential.missing, [...path, 'missing']);
    named('error', credential.invalid, [...path, 'invalid']);
    named('security', credential.security, [...path, 'security']);
    checker.regExp(credential.pattern, [...path, 'pattern']);
    named('error', credential.forbidden, [...path, 'forbidden']);
    checkPlace(checker, credential, path);
    checkFacts(checker, credential, path);
  }
  for (const i of profile.fixtures.keys()) checkFixture(checker, i);
  if (!anonymous) return;
  const path = ['callers', 'anonymous'];
  named('plan', anonymous.plan, [...path, 'plan']);
  checker.template(anonymous.account, [...path, 'account'], CALLER_FACT_ROOTS);
  checker.template(anonymous.facts, [...path, 'facts'], CALLER_FACT_ROOTS);
  for (const name of Object.keys(anonymous.facts)) checkName(checker, name, [...path, 'facts', name]);
  if (Object.hasOwn(credentials, ANONYMOUS_KIND)) {
    const problem = 'has the name of callers without a credential, so that conditions cannot tell them apart';
    add('reserved-credential', ['callers', 'credentials', ANONYMOUS_KIND], problem, 'choose another name');
  }
  const others = [profile.accounts.default, ...profile.fixtures.flatMap(({ account }) => account ?? [])];
  if (anonymous.plan !== undefined && others.includes(anonymous.account)) {
    const problem = `the account ${anonymous.account} has a plan of its own, so this plan is never used`;
    add('unused-plan', [...path, 'plan'], problem, 'leave it out, or name another account');
  }
}

/** A credential is in one place, and only headers have schemes and parameters. */
function checkPlace({ add, names }: Checker, credential: Credential, path: Path): void {
  const { scheme, parameter, parameters } = credential;
  if (placesOf(credential).length !== 1) {
    const list = `${CREDENTIAL_PLACES.slice(0, -1).join(', ')} or ${CREDENTIAL_PLACES.at(-1)}`;
    add('credential-place', path, 'must say where requests carry the credential', `give ${list}, one of them`);
    return;
  }
  if (credential.path !== undefined && !names.parameter.includes(credential.path)) {
    const fix = names.parameter.length === 0 ? 'name another place' : suggest(credential.path, names.parameter);
    add('unknown-parameter', [...path, 'path'], `no path has a parameter "${credential.path}"`, fix);
  }
  if (credential.header === undefined) {
    for (const key of ['scheme', 'parameter'] as const)
      if (credential[key] !== undefined)
        add('key-of-header', [...path, key], 'only headers have it, and this credential is in none', 'leave it out');
    if (Object.keys(parameters).length > 0)
      add('key-of-header', [...path, 'parameters'], 'only headers have them', 'leave them out');
    return;
  }
  if (!isBasic(scheme)) {
    if (parameter === undefined && Object.keys(parameters).length > 0)
      add('missing-key', [...path, 'parameter'], 'is missing', 'name the parameter that is the credential');
    return;
  }
  for (const [key, name] of [['parameter', parameter] as const, ...Object.entries(parameters)]) {
    if (name === undefined || (BASIC_PARAMETERS as readonly string[]).includes(name)) continue;
    const at = key === 'parameter' ? [...path, key] : [...path, 'parameters', key];
    add('unknown-auth-parameter', at, `Basic has no "${name}"`, `name ${BASIC_PARAMETERS.join(' or ')}`);
  }
}

/** The facts and the plan of a fixture must have an effect. */
function checkFixture(checker: Checker, index: number): void {
  const { fixtures } = checker.profile;
  const { facts, account, plan } = fixtures[index]!;
  const path = ['fixtures', index];
  for (const name of Object.keys(facts)) checkName(checker, name, [...path, 'facts', name]);
  if (plan === undefined) return;
  if (account === undefined)
    checker.add('unused-plan', [...path, 'plan'], 'belongs to no account, so it is never used', 'give account, too');
  const other = fixtures.slice(0, index).find((one) => one.account === account && one.plan !== undefined);
  if (account !== undefined && other && other.plan !== plan)
    checker.add(
      'unused-plan',
      [...path, 'plan'],
      `the account ${account} is on ${other.plan} above`,
      'give one of the plans',
    );
}

/** The facts of a credential must differ from each other and from facts that every caller has. */
function checkFacts(checker: Checker, credential: Credential, path: Path): void {
  const { fact, facts, parameters, pattern } = credential;
  checkName(checker, fact, [...path, 'fact']);
  checker.template(facts, [...path, 'facts'], CALLER_FACT_ROOTS);
  const groups = groupsOf(pattern);
  const named = [
    ...Object.keys(facts).map((name) => ({ name, at: [...path, 'facts', name] })),
    ...Object.keys(parameters).map((name) => ({ name, at: [...path, 'parameters', name] })),
    ...groups.map((name) => ({ name, at: [...path, 'pattern'] })),
  ];
  for (const { name, at } of named) {
    if (name === fact)
      checker.add('reserved-fact', at, `"${name}" is the fact that holds the credential`, 'choose another name');
    else checkName(checker, name, at);
  }
}

/** Facts that every caller has. */
const CALLER_FACTS: Readonly<Record<string, string>> = {
  kind: 'the name of its credential',
  plan: 'the plan of its account',
  account: 'its account',
};

/** Names that stand for the request in `partitionBy`. */
const REQUEST_FACTS = ['ip', 'method', 'path', 'operation'];

/** Refuses a fact that no rule could read, because its name has another meaning. */
function checkName({ add, profile }: Checker, name: string, at: Path): void {
  const meaning = name === profile.accounts.fact ? CALLER_FACTS['account'] : CALLER_FACTS[name];
  if (meaning !== undefined)
    add('reserved-fact', at, `"${name}" is a fact that every caller has: ${meaning}`, 'choose another name');
  else if (REQUEST_FACTS.includes(name))
    add('reserved-fact', at, `"${name}" is a fact of the request`, 'choose another name');
}
