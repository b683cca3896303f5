/**
 * Parses the counts of calls.
 * @module
 */
import { type CallRowDump, type CallsDump, COUNTED_DAYS, MAX_COUNTED_KEYS } from '../../state/calls.js';
import type { Node } from './node.js';

/** Parses the counts of calls. @throws Problem */
export function readCalls(node: Node): CallsDump {
  const { all, nobody, keys, evicted } = node.fields(['all', 'nobody', 'keys', 'evicted']);
  const list = keys.list();
  if (list.length > MAX_COUNTED_KEYS)
    keys.wrong(`has ${list.length} credentials, more than ${MAX_COUNTED_KEYS}; remove the first ones`);
  const seen = new Set<string>();
  return {
    all: readRow(all),
    nobody: readRow(nobody),
    keys: list.map((one) => {
      const { key, account, minute, hour, days } = one.fields(['key', 'account', 'days'], ['minute', 'hour']);
      if (seen.has(key.text())) key.wrong('is in the list twice; remove one of them');
      seen.add(key.text());
      return { key: key.text(), account: account.text(), ...readParts(minute, hour, days) };
    }),
    evicted: evicted.count(),
  };
}

function readRow(node: Node): CallRowDump {
  const { minute, hour, days } = node.fields(['days'], ['minute', 'hour']);
  return readParts(minute, hour, days);
}

function readParts(minute: Node | undefined, hour: Node | undefined, days: Node): CallRowDump {
  const list = days.list();
  if (list.length > COUNTED_DAYS)
    days.wrong(`has ${list.length} days, more than ${COUNTED_DAYS}; remove the first ones`);
  return {
    ...(minute ? { minute: readPair(minute, (start) => start.instant()) } : {}),
    ...(hour ? { hour: readPair(hour, (start) => start.instant()) } : {}),
    days: list.map((day) => readPair(day, readDay)),
  };
}

function readPair(node: Node, read: (node: Node) => number): [number, number] {
  const [period, calls] = node.tuple(2);
  return [read(period!), calls!.count()];
}

function readDay(node: Node): number {
  const day = node.number();
  if (!Number.isSafeInteger(day) || Math.abs(day) > 1e8)
    node.wrong('is not the number of a day; count the days from 1970-01-01');
  return day;
}
