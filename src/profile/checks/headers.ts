/**
 * Checks the rules about headers: names must exist, and every key must have an effect.
 * @module
 */
import { readInstant } from '../../limits/render/formats.js';
import type { Path } from '../names.js';
import type { HeaderRuleSpec } from '../schema/headers.js';
import { type Checker, HEADER_ROOTS } from './checker.js';

/** Checks all headers of the profile. */
export function checkHeaders(checker: Checker): void {
  const { profile, checkHeaderName, add } = checker;
  const names = new Map<string, string>();
  for (const [name, given] of Object.entries(profile.headers)) {
    checkHeaderName(name, ['headers', name]);
    const other = names.get(name.toLowerCase());
    if (other === undefined) names.set(name.toLowerCase(), name);
    else
      add('ignored-key', ['headers', name], `is the header ${other} once more`, `write both as a list under ${other}`);
    if (!Array.isArray(given)) checkRule(checker, given, ['headers', name]);
    else
      for (const [i, rule] of given.entries()) {
        checkRule(checker, rule, ['headers', name, i]);
        if (i < given.length - 1 && isAlwaysSent(rule))
          checker.add(
            'unreachable-header',
            ['headers', name, i + 1],
            'is never sent, since the rule before it applies to every response',
            'put the rule without a condition last',
          );
      }
  }
}

/** Whether a rule leaves no response to the rules after it. A value of a policy may be absent. */
function isAlwaysSent({ text, on, when, below, above }: HeaderRuleSpec): boolean {
  return (
    text !== undefined &&
    !text.includes('${') &&
    on === 'every-response' &&
    when === undefined &&
    below === undefined &&
    above === undefined
  );
}

function checkRule({ named, condition, template, add }: Checker, rule: HeaderRuleSpec, path: Path): void {
  const { policy, value, text, when } = rule;
  for (const id of [policy ?? []].flat()) named('policy', id, [...path, 'policy']);
  if (text === undefined && value !== 'retry-after' && (policy === undefined || value === undefined))
    add('incomplete-header', path, 'has neither a policy value nor a text', 'give policy and value, or text');
  condition(when, [...path, 'when'], 'response');
  template(text, [...path, 'text'], HEADER_ROOTS);
  for (const { key, problem, fix } of ignoredKeys(rule)) add('ignored-key', [...path, key], problem, fix);
  if (value === 'retry-after' && rule.on === 'success')
    add(
      'unreachable-header',
      [...path, 'on'],
      'is never sent: only refusals have a value retry-after',
      'write on: refusal, or leave it out',
    );
  if (rule.on === 'success' && when?.error !== undefined)
    add('unreachable-header', [...path, 'when', 'error'], 'names an error, which no success is', 'remove on: success');
  if (rule.on === 'success' && when?.status?.every((status) => Number(String(status)[0]) >= 4))
    add('unreachable-header', [...path, 'when', 'status'], 'names no status of a success', 'remove on: success');
}

/** A key that has no effect. */
interface IgnoredKey {
  readonly key: keyof HeaderRuleSpec;
  readonly problem: string;
  readonly fix: string;
}

/** Values that are instants, and so have a format. */
const INSTANTS: ReadonlySet<string> = new Set(['reset', 'retry-after']);
/** Values that revision 6 of the draft has a field for. */
const AMOUNTS: ReadonlySet<string> = new Set(['limit', 'remaining', 'used', 'reset']);
const FIELDS: ReadonlySet<string> = new Set(['ratelimit', 'ratelimit-policy']);

function ignoredKeys(rule: HeaderRuleSpec): readonly IgnoredKey[] {
  const { policy, value, format, text, below, above, revision, partitionKey, tells } = rule;
  const ignored: IgnoredKey[] = [];
  const ignore = (key: keyof HeaderRuleSpec, problem: string, fix: string) => ignored.push({ key, problem, fix });
  const isGated = below !== undefined || above !== undefined;
  if (isGated && policy === undefined)
    ignore(
      below !== undefined ? 'below' : 'above',
      'has no effect without a policy whose quota it means',
      'name the policy: policy: <id>',
    );
  if (below !== undefined && above !== undefined && below <= above)
    ignore('above', `leaves nothing: no share is above ${above} and below ${below}`, 'give a smaller number');
  if (text !== undefined) {
    if (tells !== undefined && !text.includes('${') && readInstant(tells, text, 0) === undefined)
      ignore('tells', `has no effect: "${text}" is not in the format ${tells}`, 'write a text in that format');
    if (value !== undefined) ignore('value', 'has no effect beside text', 'remove it, or the text');
    if (format !== undefined)
      ignore(
        'format',
        'has no effect beside text',
        `remove it, and write the format in the text: \${policies.<id>.resetAt | ${format}}`,
      );
    if (policy !== undefined && !isGated)
      ignore(
        'policy',
        'has no effect beside text, which names its policies itself',
        'remove it, or add below or above',
      );
  } else {
    if (tells !== undefined)
      ignore('tells', 'has no effect without text', 'remove it: what a value tells is known already');
    if (format !== undefined && value !== undefined && !INSTANTS.has(value))
      ignore('format', `has no effect on ${value}, which is no instant`, 'remove it, or use value: reset');
    if (value === 'retry-after' && policy !== undefined && !isGated)
      ignore('policy', 'has no effect on retry-after, which all policies decide', 'remove it, or add below or above');
  }
  const isField = text === undefined && value !== undefined && FIELDS.has(value);
  const isAmount = text === undefined && value !== undefined && AMOUNTS.has(value);
  if (revision !== undefined && !isField && !(revision === 6 && isAmount))
    ignore('revision', 'has no effect here', 'use it with value: ratelimit or ratelimit-policy');
  if (revision === 6 && value === 'ratelimit')
    ignore(
      'revision',
      'names a draft without the field RateLimit',
      'send RateLimit-Limit, -Remaining and -Reset with value: limit, remaining and reset, or use revision: 7',
    );
  if (partitionKey !== undefined && !isField)
    ignore('partitionKey', 'has no effect here', 'use it with value: ratelimit or ratelimit-policy');
  if (partitionKey === true && (revision === 6 || revision === 7))
    ignore(
      'partitionKey',
      `has no effect in revision ${revision}, which has no partition keys`,
      'remove it, or use revision: 11',
    );
  return ignored;
}
