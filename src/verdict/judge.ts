/**
 * The judge: the journal in, a report out.
 * @module
 */
import type { Policy } from '../limits/policy.js';
import type { JournalEntry } from '../state/journal.js';
import type { Advice } from './check.js';
import { type CheckName, checkNamed } from './checks/index.js';
import { figuresOf } from './figures.js';
import type { CheckResult, Finding, ProfileReport, Report, Severity, Verdict } from './report.js';
import { createView, type Moment, type Subject, type View } from './view.js';

/** One provider, as far as its clients are judged. */
export interface Judged extends Subject {
  readonly profile: string;
  readonly title: string;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly advice: readonly Advice[];
}

export function judge(entries: readonly JournalEntry[], judged: readonly Judged[], moment: Moment): Report {
  const profiles = judged.flatMap((one) => {
    const own = entries.filter(({ profile }) => profile === one.profile);
    return own.length === 0 ? [] : [judgeProfile(createView(own, one, moment), one)];
  });
  const requests = { judged: entries.length, lost: moment.lost };
  return { verdict: worst(profiles.map(({ verdict }) => verdict)), requests, profiles };
}

function judgeProfile(view: View, { profile, title, policies, advice }: Judged): ProfileReport {
  const checks: CheckResult[] = [];
  const findings: Finding[] = [];
  for (const { check: name, severity, options, shown } of advice) {
    const check = checkNamed(name as CheckName);
    const found = check.find(view, options);
    const verdict = found.length === 0 ? 'pass' : verdictOf(severity);
    checks.push({ check: name, title: check.title, severity, verdict, advice: shown });
    for (const { caller, says, times, calls } of found) {
      const entries = calls.map(({ entry }) => entry.id);
      findings.push({
        check: name,
        title: check.title,
        severity,
        profile,
        caller,
        says,
        times,
        entries,
        advice: shown,
      });
    }
  }
  findings.sort((a, b) => rank(a.severity) - rank(b.severity));
  const verdict = worst(checks.map((one) => one.verdict));
  return { profile, title, verdict, figures: figuresOf(view, policies), checks, findings };
}

function verdictOf(severity: Severity): Verdict {
  return severity === 'error' ? 'fail' : 'warn';
}

function rank(severity: Severity): number {
  return severity === 'error' ? 0 : 1;
}

/** `fail` before `warn` before `pass`. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('warn') ? 'warn' : 'pass';
}
