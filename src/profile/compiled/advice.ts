/**
 * The advice by which a provider's clients are judged: the profile's own, and the baseline for every client.
 * @module
 */
import { baseline } from '../../verdict/baseline.js';
import type { Advice } from '../../verdict/check.js';
import { type CheckName, checkNamed, checkNames } from '../../verdict/checks/index.js';
import type { JudgedProvider } from '../../verdict/judge.js';
import { sourceOf } from '../explain/evidence.js';
import type { Profile } from '../schema/schema.js';
import type { Provider } from './provider.js';

/** The facts about a provider that the verdict needs. */
export function judgedBy({ profile, policy, document, router }: Provider): JudgedProvider {
  const { credentials } = profile.callers;
  const queries = new Map(
    document.operations.map(({ id, parameters }) => [
      id,
      new Set(parameters.filter((one) => one.in === 'query').map(({ name }) => name)),
    ]),
  );
  return {
    profile: profile.id,
    title: profile.title,
    policies: policy,
    advice: adviceOf(profile),
    credentialFacts: Object.fromEntries(Object.entries(credentials).map(([kind, { fact }]) => [kind, fact])),
    accountFact: profile.accounts.fact,
    queryOf: (operation) => queries.get(operation),
    resourceOf: (method, path) => Object.values(router.match(method, path)?.params ?? {}).at(-1) ?? '',
  };
}

/** All advice of a profile, in the order of the registry of checks. */
export function adviceOf(profile: Profile): Advice[] {
  return checkNames.flatMap((name) => ownAdvice(profile, name) ?? commonAdvice(profile, name) ?? []);
}

function ownAdvice(profile: Profile, name: CheckName): Advice | undefined {
  const given = profile.advice[name];
  if (!given) return undefined;
  const { says, severity = checkNamed(name).severity, evidence, ...options } = given;
  const { level, note } = evidence;
  const source = sourceOf(evidence, profile);
  const page = source && { title: source.title, url: source.url };
  return { check: name, severity, options, reported: { says, level, note, source: page } };
}

function commonAdvice({ advice }: Profile, name: CheckName): Advice | undefined {
  const common = baseline[name];
  if (!common || advice.without.includes(name)) return undefined;
  const { says, note, source, options } = common;
  const level = source === null ? 'assumed' : 'documented';
  return { check: name, severity: checkNamed(name).severity, options, reported: { says, level, note, source } };
}
