/**
 * Verdicts on evicted sandboxes, so that eviction loses no finding. A sandbox that is removed or reset on request leaves no verdict.
 * @module
 */
import type { ProfileReport, Report, Undecided } from '../../verdict/report/report.js';
import { worst } from '../../verdict/report/worst.js';
import { count } from '../../verdict/words.js';
import type { Sandbox } from '../sandbox.js';
import type { EvictedVerdict } from './judged-sandbox.js';

/** How many names have their own verdict. Above that, the oldest that passed is merged into a sum, or the oldest of all if none passed. */
const MAX_NAMES = 1_000;
/** Profiles in the report on one name. A name that is evicted and used repeatedly exceeds it; profiles that passed are dropped first. */
const MAX_PROFILES = 50;

const SUFFIX = ', until the sandbox was removed';

/** The final report on an evicted sandbox. */
export interface RemovedReport {
  /** Name of the sandbox. */
  readonly name: string;
  readonly report: Report;
}

/** Verdicts on sandboxes that were evicted, by name. */
export class EvictedVerdicts {
  readonly #byName = new Map<string, EvictedVerdict>();
  readonly #maxNames: number;
  /** The sum of the verdicts that have no name of their own. */
  #sum: Report = { verdict: 'pass', requests: { judged: 0, lost: 0 }, profiles: [] };

  /** @param maxNames how many names have their own verdict */
  constructor(maxNames = MAX_NAMES) {
    this.#maxNames = maxNames;
  }

  /** Stores the verdict on a sandbox that is about to be evicted. Does nothing if it is not judged or has no requests. */
  store({ name, runningVerdict }: Sandbox): void {
    const open = runningVerdict?.report(false);
    if (!open || isEmpty(open)) return;
    this.#byName.set(name, { open: withSuffix(open), ended: withSuffix(runningVerdict!.report(true)) });
    if (this.#byName.size > this.#maxNames) this.#countOnly();
  }

  /** Removes and returns the verdict of a name, for the sandbox that is created again under it. */
  take(name: string): EvictedVerdict | undefined {
    const known = this.#byName.get(name);
    this.#byName.delete(name);
    return known;
  }

  /** The final reports of names that have not been used again. The sum of the others has an empty name. */
  list(): RemovedReport[] {
    const named = [...this.#byName].map(([name, { ended }]) => ({ name, report: ended }));
    return isEmpty(this.#sum) ? named : [...named, { name: '', report: this.#sum }];
  }

  #countOnly(): void {
    const passed = [...this.#byName].find(([, { ended }]) => ended.verdict === 'pass');
    const [name, { ended }] = passed ?? [...this.#byName][0]!;
    this.#byName.delete(name);
    this.#sum = { ...sum(this.#sum, ended), profiles: [] };
  }
}

/** Merges the report on a sandbox with that on its evicted predecessor of the same name. @param ended whether no more calls will come */
export function withEvicted(earlier: EvictedVerdict | undefined, own: Report, ended: boolean): Report {
  if (!earlier) return own;
  // The sandbox was only created again for its report.
  if (isEmpty(own)) return ended ? earlier.ended : earlier.open;
  const { open } = earlier;
  const undecided = restarted(open.requests.judged);
  const profiles = open.profiles.map((one) => ({
    ...one,
    verdict: worst([one.verdict, 'undecided']),
    undecided: [...one.undecided.filter(({ check, caller }) => check !== '' || caller !== ''), undecided(one.profile)],
  }));
  const both = sum({ ...open, verdict: worst([open.verdict, 'undecided']), profiles }, own);
  return { ...both, profiles: truncated(both.profiles) };
}

function restarted(judged: number): (profile: string) => Undecided {
  const says = `the sandbox was removed after ${count(judged, 'request')}, as the least recently used, and was used again; whether later requests followed earlier answers cannot be judged; keep more (--max-sandboxes, --max-sandbox-bytes, --sandbox-idle)`;
  return (profile) => ({ check: '', profile, caller: '', says, times: 1, entries: [] });
}

function sum(a: Report, b: Report): Report {
  return {
    verdict: worst([a.verdict, b.verdict]),
    requests: { judged: a.requests.judged + b.requests.judged, lost: a.requests.lost + b.requests.lost },
    profiles: [...a.profiles, ...b.profiles],
  };
}

function truncated(profiles: readonly ProfileReport[]): readonly ProfileReport[] {
  if (profiles.length <= MAX_PROFILES) return profiles;
  const passed = profiles.filter(({ verdict }) => verdict === 'pass');
  return [...profiles.filter(({ verdict }) => verdict !== 'pass'), ...passed].slice(0, MAX_PROFILES);
}

function withSuffix(report: Report): Report {
  const profiles = report.profiles.map((one) =>
    one.title.endsWith(SUFFIX) ? one : { ...one, title: `${one.title}${SUFFIX}` },
  );
  return { ...report, profiles };
}

function isEmpty({ requests, profiles }: Report): boolean {
  return requests.judged === 0 && requests.lost === 0 && profiles.length === 0;
}
