/**
 * The judge reads journal entries and returns a report.
 *
 * The journal has a fixed capacity and evicts its oldest entries. A `Judge` can therefore take entries in pieces before they are evicted. It adds up findings
 * and figures over all pieces.
 * @module
 */
import type { JournalEntry } from '../state/journal/entry.js';
import type { Call } from './calls/call.js';
import { numberOf, type ProviderFacts, type View, type ViewContext, viewInSteps } from './calls/view.js';
import type { Advice, Follow } from './check.js';
import { type CheckName, checkNamed } from './checks/index.js';
import { FigureSums } from './report/figures.js';
import { FollowedCalls } from './report/followed.js';
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
import { runAll } from './steps.js';
import { count } from './words.js';

/** A provider whose clients are judged. */
export interface JudgedProvider extends ProviderFacts {
  /** Profile id. */
  readonly profile: string;
  /** Title for people. */
  readonly title: string;
  /** The checks that apply to the provider's clients, in report order. */
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

/** Totals of one provider's clients. */
class ProfileSums {
  readonly tallies = new Map<string, FindingTally>();
  readonly followed = new Map<string, FollowedCalls>();
  figures = new FigureSums();
  requests = 0;
  /** Whether a request has no response yet. `requests` does not include such requests. */
  hasPending = false;

  /**
   * Adds the calls of a view. Yields after each check.
   * @param isLast whether this is the last part of the run that is judged for this report
   */
  *add(view: View, { advice }: JudgedProvider, isCounted: IsCounted, isLast: boolean): Generator<void, void> {
    this.requests += view.calls.filter(isCounted).length;
    this.hasPending = view.pending.length > 0;
    this.figures.add(view, isCounted);
    for (const { check, options } of advice) {
      const tally = this.tallies.get(check) ?? new FindingTally();
      this.tallies.set(check, tally);
      const { prepare, find, follow } = checkNamed(check as CheckName);
      if (prepare) yield* prepare(view);
      const evidence = find(view, options);
      const followed = follow && this.#followedBy(check, follow, options);
      followed?.settle(view.calls);
      if (!isLast) followed?.add(follow!.open(view, options).filter(isCounted), view);
      // Incidents are tallied in order of arrival. Those of followed calls are, once it is known that nothing settles them.
      else if (followed) tally.add({ judged: 0, incidents: followed.incidents(view) }, () => true);
      tally.add(evidence, (call) => isCounted(call) && !followed?.has(call));
      yield;
    }
  }

  #followedBy(check: string, follow: Follow<unknown>, options: unknown): FollowedCalls {
    const followed = this.followed.get(check) ?? new FollowedCalls(follow, options);
    this.followed.set(check, followed);
    return followed;
  }

  copy(): ProfileSums {
    const copy = new ProfileSums();
    for (const [name, tally] of this.tallies) copy.tallies.set(name, tally.copy());
    for (const [name, followed] of this.followed) copy.followed.set(name, followed.copy());
    copy.figures = this.figures.copy();
    copy.requests = this.requests;
    copy.hasPending = this.hasPending;
    return copy;
  }
}

/** Judges a run in one or several pieces. */
export class Judge {
  readonly #sums = new Map<string, ProfileSums>();
  /**
   * Numbers of the entries that have been judged and may still be in the journal. A set is needed because journal order is not number order: a request with a
   * slow response enters the journal after requests with higher numbers.
   */
  #judged: ReadonlySet<number> = new Set();
  #isContinued = false;

  /**
   * Judges entries before the journal evicts them, in steps: yields after each check, so that the caller can do other work. The caller must finish the steps
   * before it calls another method.
   *
   * @param entries all entries of the journal, in journal order; the ones that are not judged provide context for the others; they must not change until the
   *   last step
   * @param upTo the number of entries to judge, from the first; entries that an earlier call judged are not counted again
   */
  *add(
    entries: readonly JournalEntry[],
    providers: readonly JudgedProvider[],
    context: ViewContext,
    upTo: number,
  ): Generator<void, void> {
    const numbers = new Set(entries.slice(0, upTo).map(numberOf));
    const before = this.#judged;
    const isCounted = ({ number }: Call) => numbers.has(number) && !before.has(number);
    const part = { ...context, continued: this.#isContinued };
    yield* this.#addTo(this.#sums, entries, providers, part, isCounted, false);
    this.#judged = numbers;
    this.#isContinued = true;
  }

  /**
   * Returns the report on all judged entries and on the given entries that have not been judged yet. Does not change the judge, so callers can request it
   * repeatedly.
   */
  report(entries: readonly JournalEntry[], providers: readonly JudgedProvider[], context: ViewContext): Report {
    return runAll(this.reportSteps(entries, providers, context));
  }

  /**
   * Makes the same report in steps: yields after each check. The caller may call `add` meanwhile: the report is on what was judged at the first step.
   *
   * @param entries must not change until the last step
   */
  *reportSteps(
    entries: readonly JournalEntry[],
    providers: readonly JudgedProvider[],
    context: ViewContext,
  ): Generator<void, Report> {
    const sums = new Map([...this.#sums].map(([profile, own]) => [profile, own.copy()]));
    const before = this.#judged;
    const isCounted = ({ number }: Call) => !before.has(number);
    const part = { ...context, continued: this.#isContinued };
    yield* this.#addTo(sums, entries, providers, part, isCounted, true);
    const profiles = providers.flatMap((provider) => {
      const own = sums.get(provider.profile);
      return own && (own.requests > 0 || own.hasPending) ? [reportOf(own, provider, context.lost)] : [];
    });
    const all = profiles.reduce((sum, { figures }) => sum + figures.requests, 0);
    const verdicts = profiles.map(({ verdict }) => verdict);
    return {
      // If the journal has lost all requests, `profiles` is empty and cannot contribute "undecided".
      verdict: worst(context.lost > 0 ? [...verdicts, 'undecided'] : verdicts),
      requests: { judged: all, lost: context.lost },
      profiles,
    };
  }

  *#addTo(
    sums: Map<string, ProfileSums>,
    entries: readonly JournalEntry[],
    providers: readonly JudgedProvider[],
    context: ViewContext,
    isCounted: IsCounted,
    isLast: boolean,
  ): Generator<void, void> {
    for (const provider of providers) {
      const own = entries.filter(({ profile }) => profile === provider.profile);
      const pending = context.pending?.filter(({ profile }) => profile === provider.profile) ?? [];
      const isFollowed = isLast && sums.has(provider.profile);
      if (own.length === 0 && pending.length === 0 && !isFollowed) continue;
      const sum = sums.get(provider.profile) ?? new ProfileSums();
      sums.set(provider.profile, sum);
      const view = yield* viewInSteps(own, provider, { ...context, pending });
      yield;
      yield* sum.add(view, provider, isCounted, isLast);
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
    // Once there is a finding of the check's own severity, undecided cases cannot make the verdict worse.
    const isWorst = found.some(({ loweredSeverity = severity }) => rank(loweredSeverity) <= rank(severity));
    const open = isWorst ? [] : tally.undecided(check);
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
      const hint = hintFor(name, userAgent) ?? check.hint?.(profile);
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
  if (found.includes('error')) return 'fail';
  if (undecided > 0) return 'undecided';
  if (found.length > 0) return 'warn';
  return judged > 0 ? 'pass' : 'not-judged';
}

function rank(severity: Severity): number {
  return severity === 'error' ? 0 : 1;
}
