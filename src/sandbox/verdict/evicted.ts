/**
 * The verdicts on sandboxes that were removed because they were unused, so that no finding is lost with them. Those that somebody removes or resets are forgotten.
 * @module
 */
import type { ProfileReport, Report, Undecided } from '../../verdict/report/report.js';
import { worst } from '../../verdict/report/worst.js';
import { count } from '../../verdict/words.js';
import type { Sandbox } from '../sandbox.js';
import type { EvictedVerdict } from './judged-sandbox.js';

/** Names whose verdicts are kept one by one. Of more, those that passed are only counted, and then the oldest. */
const MAX_NAMES = 1_000;
/** Profiles that the report on one name shows. A name that is removed and used again and again has more: those that passed are left out first. */
const MAX_PROFILES = 50;

const SUFFIX = ', until the sandbox was removed';

/** The finished report on a sandbox that was removed because it was unused. */
export interface RemovedReport {
  /** Name of the sandbox. */
  readonly name: string;
  readonly report: Report;
}

/** Verdicts on sandboxes that were evicted, by name. */
export class EvictedVerdicts {
  readonly #byName = new Map<string, EvictedVerdict>();
  readonly #most: number;
  /** What is only counted. */
  #others: Report = { verdict: 'pass', requests: { judged: 0, lost: 0 }, profiles: [] };

  /** @param most names whose verdicts are kept one by one */
  constructor(most = MAX_NAMES) {
    this.#most = most;
  }

  /** Keeps the verdict on a judged sandbox that is about to be removed. */
  keep({ name, runningVerdict }: Sandbox): void {
    const open = runningVerdict?.report(false);
    if (!open || isEmpty(open)) return;
    this.#byName.set(name, { open: marked(open), ended: marked(runningVerdict!.report(true)) });
    if (this.#byName.size > this.#most) this.#countOnly();
  }

  /** Hands out what was kept of that name: the sandbox is made anew, and goes on with it. */
  take(name: string): EvictedVerdict | undefined {
    const known = this.#byName.get(name);
    this.#byName.delete(name);
    return known;
  }

  /** The finished reports of those that have not been used again. What is only counted has an empty name. */
  list(): RemovedReport[] {
    const kept = [...this.#byName].map(([name, { ended }]) => ({ name, report: ended }));
    return isEmpty(this.#others) ? kept : [...kept, { name: '', report: this.#others }];
  }

  #countOnly(): void {
    const passed = [...this.#byName].find(([, { ended }]) => ended.verdict === 'pass');
    const [name, { ended }] = passed ?? [...this.#byName][0]!;
    this.#byName.delete(name);
    this.#others = { ...added(this.#others, ended), profiles: [] };
  }
}

/** The report on a sandbox that had a predecessor of the same name. @param ended nobody will call any more */
export function withEvicted(earlier: EvictedVerdict | undefined, own: Report, ended: boolean): Report {
  if (!earlier) return own;
  // It has only been made anew to be asked for its report.
  if (isEmpty(own)) return ended ? earlier.ended : earlier.open;
  const { open } = earlier;
  const undecided = begunAnew(open.requests.judged);
  const profiles = open.profiles.map((one) => ({
    ...one,
    verdict: worst([one.verdict, 'undecided']),
    undecided: [...one.undecided.filter(({ check, caller }) => check !== '' || caller !== ''), undecided(one.profile)],
  }));
  const both = added({ ...open, verdict: worst([open.verdict, 'undecided']), profiles }, own);
  return { ...both, profiles: atMost(both.profiles) };
}

function begunAnew(judged: number): (profile: string) => Undecided {
  const says = `the sandbox was removed after ${count(judged, 'request')}, since it was unused for longest, and was used again; whether later requests kept to what earlier answers told cannot be judged; keep more (--max-sandboxes, --max-sandbox-bytes, --sandbox-idle)`;
  return (profile) => ({ check: '', profile, caller: '', says, times: 1, entries: [] });
}

function added(a: Report, b: Report): Report {
  return {
    verdict: worst([a.verdict, b.verdict]),
    requests: { judged: a.requests.judged + b.requests.judged, lost: a.requests.lost + b.requests.lost },
    profiles: [...a.profiles, ...b.profiles],
  };
}

function atMost(profiles: readonly ProfileReport[]): readonly ProfileReport[] {
  if (profiles.length <= MAX_PROFILES) return profiles;
  const passed = profiles.filter(({ verdict }) => verdict === 'pass');
  return [...profiles.filter(({ verdict }) => verdict !== 'pass'), ...passed].slice(0, MAX_PROFILES);
}

function marked(report: Report): Report {
  const profiles = report.profiles.map((one) =>
    one.title.endsWith(SUFFIX) ? one : { ...one, title: `${one.title}${SUFFIX}` },
  );
  return { ...report, profiles };
}

function isEmpty({ requests, profiles }: Report): boolean {
  return requests.judged === 0 && requests.lost === 0 && profiles.length === 0;
}
