/**
 * The judge: the journal in, a report out.
 *
 * A journal is of a fixed size. A judge may be given its entries piece by piece before they leave it: findings and figures then add up over all of them.
 * @module
 */
import type { JournalEntry } from '../state/journal/entry.js';
import type { Call } from './calls/call.js';
import { createView, numberOf, type ProviderFacts, type View, type ViewContext } from './calls/view.js';
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
export interface JudgedProvider extends ProviderFacts {
  readonly profile: string;
  readonly title: string;
  readonly advice: readonly Advice[];
}

/** Judges all entries at once. */
export function judge(
  entries: readonly JournalEntry[],
  providers: readonly JudgedProvider[],
  context: ViewContext,
): Report {
  return new Judge().report(entries, providers, context);
}

/** What is known of one provider's clients so far. */
class ProfileSums {
  readonly tallies = new Map<string, FindingTally>();
  figures = new FigureSums();
  requests = 0;
  /** Whether a request is still waiting for its answer; `requests` does not count it. */
  hasPending = false;

  add(view: View, { advice }: JudgedProvider, isCounted: IsCounted): void {
    this.requests += view.calls.filter(isCounted).length;
    this.hasPending = view.pending.length > 0;
    this.figures.add(view, isCounted);
    for (const { check, options } of advice) {
      const tally = this.tallies.get(check) ?? new FindingTally();
      this.tallies.set(check, tally);
      tally.add(checkNamed(check as CheckName).find(view, options), isCounted);
    }
  }

  copy(): ProfileSums {
    const copy = new ProfileSums();
    for (const [name, tally] of this.tallies) copy.tallies.set(name, tally.copy());
    copy.figures = this.figures.copy();
    copy.requests = this.requests;
    copy.hasPending = this.hasPending;
    return copy;
  }
}

export class Judge {
  readonly #sums = new Map<string, ProfileSums>();
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
  add(
    entries: readonly JournalEntry[],
    providers: readonly JudgedProvider[],
    context: ViewContext,
    upTo: number,
  ): void {
    const numbers = new Set(entries.slice(0, upTo).map(numberOf));
    const before = this.#judged;
    const isCounted = ({ number }: Call) => numbers.has(number) && !before.has(number);
    this.#addTo(this.#sums, entries, providers, { ...context, continued: this.#isContinued }, isCounted);
    this.#judged = numbers;
    this.#isContinued = true;
  }

  /** The report on what has been judged and on the entries since; may be asked for again and again. */
  report(entries: readonly JournalEntry[], providers: readonly JudgedProvider[], context: ViewContext): Report {
    const sums = new Map([...this.#sums].map(([profile, own]) => [profile, own.copy()]));
    const before = this.#judged;
    const isCounted = ({ number }: Call) => !before.has(number);
    this.#addTo(sums, entries, providers, { ...context, continued: this.#isContinued }, isCounted);
    const profiles = providers.flatMap((provider) => {
      const own = sums.get(provider.profile);
      return own && (own.requests > 0 || own.hasPending) ? [reportOf(own, provider, context.lost)] : [];
    });
    const all = profiles.reduce((sum, { figures }) => sum + figures.requests, 0);
    const verdicts = profiles.map(({ verdict }) => verdict);
    return {
      // Where the journal has lost all requests, no profile is reported that could be undecided.
      verdict: worst(context.lost > 0 ? [...verdicts, 'undecided'] : verdicts),
      requests: { judged: all, lost: context.lost },
      profiles,
    };
  }

  #addTo(
    sums: Map<string, ProfileSums>,
    entries: readonly JournalEntry[],
    providers: readonly JudgedProvider[],
    context: ViewContext,
    isCounted: IsCounted,
  ): void {
    for (const provider of providers) {
      const own = entries.filter(({ profile }) => profile === provider.profile);
      const pending = context.pending?.filter(({ profile }) => profile === provider.profile) ?? [];
      if (own.length === 0 && pending.length === 0) continue;
      const sum = sums.get(provider.profile) ?? new ProfileSums();
      sums.set(provider.profile, sum);
      sum.add(createView(own, provider, { ...context, pending }), provider, isCounted);
    }
  }
}

function reportOf(sums: ProfileSums, { profile, title, advice }: JudgedProvider, lost: number): ProfileReport {
  const checks: CheckResult[] = [];
  const findings: Finding[] = [];
  const undecided: Undecided[] = [];
  for (const { check: name, severity, reported } of advice) {
    const check = checkNamed(name as CheckName);
    const tally = sums.tallies.get(name) ?? new FindingTally();
    const found = tally.found(check);
    const open = found.length > 0 ? [] : tally.undecided(check);
    checks.push({
      check: name,
      title: check.title,
      severity,
      verdict: verdictOf(
        found.map(({ loweredSeverity = severity }) => loweredSeverity),
        open.length,
        tally.judged,
      ),
      advice: reported,
    });
    for (const { userAgent, loweredSeverity = severity, ...finding } of found) {
      const hint = hintFor(name, userAgent);
      findings.push({
        check: name,
        title: check.title,
        severity: loweredSeverity,
        profile,
        ...finding,
        ...(hint && { hint }),
        advice: reported,
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
