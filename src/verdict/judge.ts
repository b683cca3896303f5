/**
 * The judge: the journal in, a report out.
 *
 * A journal is of a fixed size. A judge may be given its entries piece by piece before they leave it: findings and figures then add up over all of them.
 * @module
 */
import type { JournalEntry } from '../state/journal/entry.js';
import type { Call } from './calls/call.js';
import { createView, numberOf, type Subject, type View, type ViewContext } from './calls/view.js';
import type { Advice } from './check.js';
import { type CheckName, checkNamed } from './checks/index.js';
import { FigureSums } from './report/figures.js';
import { hintFor } from './report/hints.js';
import type {
  CheckResult,
  CheckVerdict,
  Finding,
  ProfileReport,
  Report,
  Severity,
  Undecided,
} from './report/report.js';
import { FindingTally, type IsCounted } from './report/tally.js';
import { worst } from './report/worst.js';
import { count } from './words.js';

/** One provider, as far as its clients are judged. */
export interface Judged extends Subject {
  readonly profile: string;
  readonly title: string;
  readonly advice: readonly Advice[];
}

/** Judges all entries at once. */
export function judge(entries: readonly JournalEntry[], judged: readonly Judged[], moment: ViewContext): Report {
  return new Judge().report(entries, judged, moment);
}

/** What is known of one provider's clients so far. */
class Sums {
  readonly tallies = new Map<string, FindingTally>();
  figures = new FigureSums();
  requests = 0;
  /** Whether a request is still waiting for its answer; `requests` does not count it. */
  waits = false;

  add(view: View, { advice }: Judged, isCounted: IsCounted): void {
    this.requests += view.calls.filter(isCounted).length;
    this.waits = view.waiting.length > 0;
    this.figures.add(view, isCounted);
    for (const { check, options } of advice) {
      const tally = this.tallies.get(check) ?? new FindingTally();
      this.tallies.set(check, tally);
      tally.add(checkNamed(check as CheckName).find(view, options), isCounted);
    }
  }

  copy(): Sums {
    const copy = new Sums();
    for (const [name, tally] of this.tallies) copy.tallies.set(name, tally.copy());
    copy.figures = this.figures.copy();
    copy.requests = this.requests;
    copy.waits = this.waits;
    return copy;
  }
}

export class Judge {
  readonly #sums = new Map<string, Sums>();
  /**
   * Numbers of the entries that have been judged and may still be in the journal. Their order tells nothing: a request that waited long for its answer comes into
   * the journal after requests with higher numbers.
   */
  #judged: ReadonlySet<number> = new Set();
  #isContinued = false;

  /**
   * Judges entries that are about to leave the journal.
   *
   * @param entries all that the journal has, in its order: those before and after help to understand the ones that are judged
   * @param upTo how many of them, from the first on, are judged; those of them that have been judged before are not counted again
   */
  add(entries: readonly JournalEntry[], judged: readonly Judged[], moment: ViewContext, upTo: number): void {
    const numbers = new Set(entries.slice(0, upTo).map(numberOf));
    const before = this.#judged;
    const isCounted = ({ number }: Call) => numbers.has(number) && !before.has(number);
    this.#addTo(this.#sums, entries, judged, { ...moment, continued: this.#isContinued }, isCounted);
    this.#judged = numbers;
    this.#isContinued = true;
  }

  /** The report on what has been judged and on the entries since; may be asked for again and again. */
  report(entries: readonly JournalEntry[], judged: readonly Judged[], moment: ViewContext): Report {
    const sums = new Map([...this.#sums].map(([profile, one]) => [profile, one.copy()]));
    const before = this.#judged;
    const isCounted = ({ number }: Call) => !before.has(number);
    this.#addTo(sums, entries, judged, { ...moment, continued: this.#isContinued }, isCounted);
    const profiles = judged.flatMap((one) => {
      const own = sums.get(one.profile);
      return own && (own.requests > 0 || own.waits) ? [reportOf(own, one, moment.lost)] : [];
    });
    const all = profiles.reduce((sum, { figures }) => sum + figures.requests, 0);
    const verdicts = profiles.map(({ verdict }) => verdict);
    return {
      // Where the journal has lost all requests, no profile is reported that could be undecided.
      verdict: worst(moment.lost > 0 ? [...verdicts, 'undecided'] : verdicts),
      requests: { judged: all, lost: moment.lost },
      profiles,
    };
  }

  #addTo(
    sums: Map<string, Sums>,
    entries: readonly JournalEntry[],
    judged: readonly Judged[],
    moment: ViewContext,
    isCounted: IsCounted,
  ): void {
    for (const one of judged) {
      const own = entries.filter(({ profile }) => profile === one.profile);
      const waiting = moment.waiting?.filter(({ profile }) => profile === one.profile) ?? [];
      if (own.length === 0 && waiting.length === 0) continue;
      const sum = sums.get(one.profile) ?? new Sums();
      sums.set(one.profile, sum);
      sum.add(createView(own, one, { ...moment, waiting }), one, isCounted);
    }
  }
}

function reportOf(sums: Sums, { profile, title, advice }: Judged, lost: number): ProfileReport {
  const checks: CheckResult[] = [];
  const findings: Finding[] = [];
  const undecided: Undecided[] = [];
  for (const { check: name, severity, shown } of advice) {
    const check = checkNamed(name as CheckName);
    const tally = sums.tallies.get(name) ?? new FindingTally();
    const found = tally.found(check);
    const open = found.length > 0 ? [] : tally.undecided(check);
    checks.push({
      check: name,
      title: check.title,
      severity,
      verdict: verdictOf(
        found.map(({ lighter = severity }) => lighter),
        open.length,
        tally.judged,
      ),
      advice: shown,
    });
    for (const { userAgent, lighter = severity, ...one } of found) {
      const hint = hintFor(name, userAgent);
      findings.push({
        check: name,
        title: check.title,
        severity: lighter,
        profile,
        ...one,
        ...(hint && { hint }),
        advice: shown,
      });
    }
    for (const { caller, says, times, entries } of open)
      undecided.push({ check: name, profile, caller, says, times, entries });
  }
  if (lost > 0) undecided.push(notJudged(profile, lost));
  findings.sort((a, b) => rank(a.severity) - rank(b.severity));
  const verdicts = checks.flatMap(({ verdict }) => (verdict === 'not-judged' ? [] : [verdict]));
  const verdict = worst(lost > 0 ? [...verdicts, 'undecided'] : verdicts);
  return { profile, title, verdict, figures: sums.figures.result(), checks, findings, undecided };
}

function notJudged(profile: string, lost: number): Undecided {
  const says = `${count(lost, 'request')} left the journal before they were judged; judge as you go (--judge), or keep a larger journal`;
  return { check: '', profile, caller: '', says, times: lost, entries: [] };
}

function verdictOf(found: readonly Severity[], undecided: number, judged: number): CheckVerdict {
  if (found.length > 0) return found.includes('error') ? 'fail' : 'warn';
  if (undecided > 0) return 'undecided';
  return judged > 0 ? 'pass' : 'not-judged';
}

function rank(severity: Severity): number {
  return severity === 'error' ? 0 : 1;
}
