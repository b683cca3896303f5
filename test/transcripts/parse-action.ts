/**
 * The lines of a transcript that are no requests: clock, accounts, faults, quotas, the journal, what is in flight, the events of a stream.
 * @module
 */
import { parseDuration } from '../../src/limits/duration.js';
import { parseJson } from './parse-exchange.js';
import type { Action, Fail, Json } from './scenario.js';

type Verb = (rest: string, fail: Fail) => Action;

const verbs: Record<string, Verb> = {
  advance(by, fail) {
    if (parseDuration(by) === undefined) fail(`"${by}" is not a duration; write it like 59s, 250ms, 1h or PT1H`);
    return { kind: 'advance', by };
  },
  clock(now, fail) {
    checkInstant(now, fail);
    return { kind: 'clock', now };
  },
  reset(rest, fail) {
    return rest === '' ? { kind: 'reset' } : fail('reset stands alone');
  },
  account(rest, fail) {
    const [, account, change] = /^([\w.-]+)\s+(.*)$/.exec(rest) ?? fail('write account <id> {"plan": …, "keys": […]}');
    return { kind: 'account', account: account!, change: map(change!, fail) };
  },
  fault: (rest, fail) => ({ kind: 'fault', fault: map(rest, fail) }),
  quota: (rest, fail) => ({ kind: 'quota', change: map(rest, fail) }),
  quotas: (rest, fail) => ({ kind: 'quotas', found: true, bucket: map(rest, fail) }),
  no(rest, fail) {
    const [, bucket] = /^quotas\s+(.*)$/.exec(rest) ?? fail('write no quotas {"policy": …}');
    return { kind: 'quotas', found: false, bucket: map(bucket!, fail) };
  },
  journal: (rest, fail) => ({ kind: 'journal', entry: map(rest, fail) }),
  'in-flight'(rest, fail) {
    return /^\d+$/.test(rest)
      ? { kind: 'in-flight', count: Number(rest) }
      : fail('write in-flight <how many requests are being answered>');
  },
  await: (rest, fail) => ({ kind: 'await', name: word(rest, fail), expect: [] }),
  abort: (rest, fail) => ({ kind: 'abort', name: word(rest, fail) }),
  event(rest, fail) {
    const [, name, event] =
      /^(\S+)\s+(\{.*)$/.exec(rest) ?? fail('write event <name of a stream> {"event": …, "data": …}');
    return { kind: 'event', name: name!, event: map(event!, fail) };
  },
};

/** Reads a line that begins with a verb. @param fail is called where the line cannot be read */
export function parseAction(line: string, fail: Fail): Action {
  const [, verb, rest] = /^(\S+)\s*(.*)$/.exec(line)!;
  if (!Object.hasOwn(verbs, verb!)) {
    fail(
      `"${verb}" is not understood; a line is a request (>), an expectation (<) or ${Object.keys(verbs).join(', ')}`,
    );
  }
  return verbs[verb!]!(rest!, fail);
}

function map(text: string, fail: Fail): Json {
  const value = parseJson(text, fail);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) fail('is not a JSON object {…}');
  return value as Json;
}

function word(rest: string, fail: Fail): string {
  return /^\S+$/.test(rest) ? rest : fail('name one request that was sent `as`');
}

/** Calls `fail` unless the text is an instant in ISO 8601 with a time zone. */
export function checkInstant(text: string, fail: Fail): void {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!iso || Number.isNaN(Date.parse(text))) {
    fail(`"${text}" is not an instant; write it like 2026-05-12T08:00:00.000Z`);
  }
}
