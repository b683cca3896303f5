/**
 * Parses a snapshot completely before anything is changed.
 * @module
 */
import { type ClockState, EARLIEST_MS, LATEST_MS } from '../../runtime/clock.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import { brief } from '../control/brief.js';
import { Problem } from '../control/problem.js';
import type { Fault } from '../faults/faults.js';
import type { FaultInput, FaultSpec } from '../faults/schema.js';
import type { ProviderState } from '../provider-state.js';
import { findProviderState } from '../provider-states.js';
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION } from './format.js';
import { fromPlain } from './json.js';
import { Node } from './node.js';
import { readJournal } from './read-journal.js';
import { type ReadProviderState, readProviderState } from './read-provider-state.js';

/** A parsed snapshot that fits the served profiles. */
export interface ReadSnapshot {
  readonly clock: ClockState;
  readonly requests: number;
  readonly faults: { readonly made: number; readonly list: readonly Fault[] };
  readonly providerStates: ReadonlyMap<string, ReadProviderState>;
  readonly journal: readonly JournalEntry[];
}

/** Validates a fault. A parameter, so that the schema library is only loaded if a snapshot is restored. @throws Problem */
export type CheckFault = (input: FaultInput) => FaultSpec | FaultInput;

/** Checks that a value is a snapshot of a version that can be read. @throws Problem */
export function checkVersion(snapshot: unknown): void {
  const { format, version } = (snapshot ?? {}) as Partial<Record<string, unknown>>;
  if (format !== SNAPSHOT_FORMAT) {
    const detail = `this is not a snapshot, whose format is "${SNAPSHOT_FORMAT}"; save one (GET /snapshot) and give that`;
    throw new Problem(400, 'not-a-snapshot', detail, 'format');
  }
  if (version === SNAPSHOT_VERSION) return;
  const newer = Number.isSafeInteger(version) && (version as number) > SNAPSHOT_VERSION;
  const detail = newer
    ? `the snapshot is of version ${version}, and this mock429 reads ${SNAPSHOT_VERSION}; restore it with a newer mock429, or save another with this one`
    : `must be ${SNAPSHOT_VERSION}, not ${brief(version)}; save the snapshot again`;
  throw new Problem(400, newer ? 'newer-version' : 'bad-version', detail, 'version');
}

/** The variants that a snapshot has for a profile; `undefined` if it has none, or something else in their place, which `readSnapshot` reports. */
export function variantsIn(snapshot: unknown, profile: string): readonly string[] | undefined {
  const { profiles } = (snapshot ?? {}) as {
    profiles?: Readonly<Record<string, { readonly variants?: unknown } | null>>;
  };
  const variants = Object.hasOwn(profiles ?? {}, profile) ? profiles![profile]?.variants : undefined;
  return Array.isArray(variants) && variants.every((one) => typeof one === 'string') ? variants : undefined;
}

/** Parses a snapshot. @param real real epoch ms @throws Problem */
export function readSnapshot(
  snapshot: unknown,
  providerStates: ReadonlyMap<string, ProviderState>,
  real: number,
  checkFault: CheckFault,
): ReadSnapshot {
  checkVersion(snapshot);
  const root = new Node(fromPlain(snapshot));
  const { clock, requests, faults, profiles, journal } = root.fields(
    ['format', 'version', 'clock', 'requests', 'faults', 'profiles'],
    ['journal'],
  );
  const state = readClock(clock, real);
  return {
    clock: state,
    requests: requests.count(),
    faults: readFaults(faults, providerStates, checkFault),
    providerStates: new Map(
      [...profiles.map()].map(([id, node]) => [
        id,
        readProviderState(node, findProviderState(providerStates, id, 400, node.path), state.now ?? real),
      ]),
    ),
    journal: journal ? readJournal(journal, [...providerStates.keys()]) : [],
  };
}

function readClock(node: Node, real: number): ClockState {
  const { mode, now, realNow, rate } = node.fields(['mode', 'now', 'realNow', 'rate']);
  const state: ClockState = {
    mode: mode.oneOf('system', 'frozen', 'offset'),
    now: now.orNull((one) => one.instant()),
    realNow: realNow.orNull((one) => one.instant()),
    rate: rate.number(),
  };
  if (state.rate < 0 || state.rate > 1_000_000) rate.wrong(`must be from 0 to 1000000, not ${state.rate}; mend it`);
  if ((state.now === null) !== (state.mode === 'system'))
    now.wrong(
      `a clock whose mode is ${state.mode} ${state.now === null ? 'shows an instant; give it' : 'has none; write null'}`,
    );
  if ((state.realNow === null) !== (state.mode !== 'offset'))
    realNow.wrong(`is for a clock that runs by itself (offset), not for one that is ${state.mode}; mend either`);
  // A clock that has run since the snapshot may have left its range.
  const instant = state.now === null ? real : state.now + (real - (state.realNow ?? real)) * state.rate;
  if (instant < EARLIEST_MS || instant > LATEST_MS)
    now.wrong('the clock would have run out of its range; freeze it before saving, or mend it', 'clock-out-of-range');
  return state;
}

function readFaults(
  node: Node,
  providerStates: ReadonlyMap<string, ProviderState>,
  checkFault: CheckFault,
): ReadSnapshot['faults'] {
  const { made, list } = node.fields(['made', 'list']);
  return {
    made: made.count(),
    list: list.list().map((one): Fault => {
      const { id, matched, used, expiresAt, ...spec } = Object.fromEntries(one.map());
      const field = (name: string, found: Node | undefined) => found ?? new Node(undefined, `${one.path}.${name}`);
      const checked = checkedFault(one, spec, checkFault);
      const { profile } = checked.match ?? {};
      if (profile !== undefined) findProviderState(providerStates, profile, 400, `${one.path}.match.profile`);
      if (expiresAt && Number.isNaN(Date.parse(expiresAt.text())))
        expiresAt.wrong('is not an instant; write ISO 8601 (2026-05-12T08:00:00Z)');
      return {
        ...checked,
        match: checked.match ?? {},
        id: field('id', id).text(),
        matched: field('matched', matched).count(),
        used: field('used', used).count(),
        ...(expiresAt ? { expiresAt: expiresAt.text() } : {}),
      };
    }),
  };
}

function checkedFault(one: Node, spec: Record<string, Node>, checkFault: CheckFault): FaultSpec | FaultInput {
  const input = Object.fromEntries(Object.entries(spec).map(([name, { value }]) => [name, value]));
  try {
    return checkFault(input);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const path = [one.path, error.field].filter((part) => part !== undefined && part !== '').join('.');
    throw new Problem(400, error.code, error.detail, path);
  }
}
