/**
 * Whether what was said is right, and precision and recall of each check.
 * @module
 */
import type { Outcome } from './one.js';
import type { Situation } from './situation.js';

/**
 * `accused`: something that it did not do was found, or its verdict is graver than right; `missed`: not all was found that is there, or its verdict is too mild;
 * `undecided`: nothing wrong was said, and nothing right; `broken`: the program or the command line broke.
 */
export type Judgement = 'right' | 'accused' | 'missed' | 'undecided' | 'broken';

/** One run of a situation, and whether its verdict and findings are right. */
export interface Scored {
  readonly situation: Situation;
  readonly outcome: Outcome;
  readonly judgement: Judgement;
  /** What was found and is not true. */
  readonly wrong: readonly string[];
  /** What is to be found and was not. */
  readonly missed: readonly string[];
}

const GRAVITY: readonly string[] = ['pass', 'warn', 'fail'];

/** Compares what was found in one run with what is expected. */
export function score(situation: Situation, outcome: Outcome): Scored {
  const { must, may, unjudged, verdict } = situation;
  const found = new Set(outcome.found.map(({ check }) => check));
  const true_ = new Set<string>([...must.flatMap((one) => one.split('|')), ...may]);
  const wrong = [...found].filter((check) => !true_.has(check));
  const missed = must.filter((one) => !one.split('|').some((check) => found.has(check)));
  missed.push(...unjudged.filter((check) => outcome.passed.includes(check)).map((check) => `${check} is not judged`));
  const judged = (judgement: Judgement): Scored => ({ situation, outcome, judgement, wrong, missed });
  if (outcome.verdict === 'broken') return judged('broken');
  if (situation.kind === 'good' && wrong.length > 0) return judged('accused');
  if (missed.length > 0) return judged('missed');
  if (verdict.some((one) => one === outcome.verdict)) return judged('right');
  if (outcome.verdict === 'undecided') return judged('undecided');
  const gravest = Math.max(...verdict.map((one) => GRAVITY.indexOf(one)));
  return judged(GRAVITY.indexOf(outcome.verdict) > gravest ? 'accused' : 'missed');
}

/** Of one check, over all situations and runs. */
export interface CheckScore {
  readonly check: string;
  /** Situations in which it is to be found. */
  readonly situations: number;
  /** Findings that are right, and all. */
  readonly right: number;
  readonly found: number;
  /** Times that it was to be found, and was. */
  readonly wanted: number;
  readonly met: number;
}

/** Scores of every check that is expected or was found in any run, sorted by name. */
export function byCheck(all: readonly Scored[]): readonly CheckScore[] {
  const checks = new Set<string>();
  for (const { situation, outcome } of all) {
    for (const one of situation.must) for (const check of one.split('|')) checks.add(check);
    for (const { check } of outcome.found) checks.add(check);
  }
  return [...checks].sort().map((check) => scoreOf(check, all));
}

function scoreOf(check: string, all: readonly Scored[]): CheckScore {
  const asking = all.filter((one) => asksFor(check, one));
  const finding = all.filter((one) => hasFound(check, one));
  return {
    check,
    situations: new Set(asking.map(({ situation }) => situation.id)).size,
    right: finding.filter(({ wrong }) => !wrong.includes(check)).length,
    found: finding.length,
    wanted: asking.length,
    met: asking.filter((one) => hasFound(check, one)).length,
  };
}

/** Where either of two will do and one was found, the other is not asked for. */
function asksFor(check: string, one: Scored): boolean {
  return one.situation.must.some((wanted) => {
    const either = wanted.split('|');
    return either.includes(check) && (hasFound(check, one) || !either.some((other) => hasFound(other, one)));
  });
}

function hasFound(check: string, { outcome }: Scored): boolean {
  return outcome.found.some((one) => one.check === check);
}

/** Of one situation, over all runs. */
export interface SituationScore {
  readonly situation: Situation;
  readonly runs: readonly Scored[];
  /**
   * As it should be: nobody is ever accused, 19 of 20 runs are right, and what is deterministic has the same verdict in all. Where missed clients were run
   * again, one run may have missed its client and have another verdict.
   */
  readonly kept: boolean;
  readonly sameVerdict: boolean;
}

const ENOUGH = 0.95;

/** @param wasRunAgain whether each client that was missed has been run again */
export function bySituation(all: readonly Scored[], wasRunAgain = false): readonly SituationScore[] {
  const runs = new Map<string, Scored[]>();
  for (const one of all) runs.set(one.situation.id, [...(runs.get(one.situation.id) ?? []), one]);
  return [...runs.values()].map((own) => {
    const { situation } = own[0]!;
    const right = own.filter(({ judgement }) => judgement === 'right').length;
    const accused = own.some(({ judgement }) => judgement === 'accused');
    const sameVerdict = new Set(own.map(({ outcome }) => outcome.verdict)).size === 1;
    const isEnough = right >= ENOUGH * own.length || (wasRunAgain && right > 0 && own.length - right <= 1);
    const isSame = sameVerdict || wasRunAgain || !situation.deterministic;
    const kept = isEnough && !accused && isSame;
    return { situation, runs: own, sameVerdict, kept };
  });
}
