/**
 * Describes the differences between two editions of a provider.
 * @module
 */
import type { Provider } from './compiled/provider.js';

/** How many changed settings are listed; of the others only their number is given. */
const REPORTED = 4;
/** Characters of a value that are shown. */
const WIDTH = 40;

/** The differences, such as `policies.key-minute.quota 60 → 5`; empty if only formatting and comments differ. */
export function changesBetween(before: Provider, after: Provider): string[] {
  const settings = [...differences(before.profile, after.profile, '')];
  const reordered = ordersDiffer(before.profile.policies, after.profile.policies) ? ['the order of the policies'] : [];
  const more = settings.length - REPORTED;
  return [
    ...settings.slice(0, more === 1 ? REPORTED + 1 : REPORTED),
    ...(more > 1 ? [`${more} more settings`] : []),
    ...reordered,
    ...documentChanges(before, after),
  ];
}

function documentChanges(before: Provider, after: Provider): string[] {
  if (JSON.stringify(before.document.root) === JSON.stringify(after.document.root)) return [];
  const [was, is] = [before, after].map(({ document }) => document.operations.map(({ id }) => id));
  const added = is!.filter((id) => !was!.includes(id));
  const removed = was!.filter((id) => !is!.includes(id));
  if (added.length + removed.length === 0) return ['the OpenAPI document'];
  return [...named('operation', 'added', added), ...named('operation', 'removed', removed)];
}

function named(what: string, done: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const rest = ids.length - REPORTED;
  const list = rest > 0 ? `${ids.slice(0, REPORTED).join(', ')} and ${rest} more` : ids.join(', ');
  return [`${what}${ids.length === 1 ? '' : 's'} ${done}: ${list}`];
}

function* differences(a: unknown, b: unknown, path: string): Generator<string> {
  if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      yield* differences(a[key], b[key], path === '' ? key : `${path}.${key}`);
  } else if (JSON.stringify(a) !== JSON.stringify(b)) {
    if (a === undefined) yield `${path} added${isMap(b) ? '' : `: ${valueText(b)}`}`;
    else if (b === undefined) yield `${path} removed`;
    else yield `${path} ${valueText(a)} → ${valueText(b)}`;
  }
}

function ordersDiffer(a: object, b: object): boolean {
  const common = (one: object, other: object) => Object.keys(one).filter((key) => Object.hasOwn(other, key));
  return common(a, b).join('\n') !== common(b, a).join('\n');
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
