/**
 * A program retried most of its failed calls while the server was down. A retry helps if few requests fail. If most fail, retries multiply the load under which
 * the server has to recover. So a program limits its retries by a budget (a share of its first attempts), or stops for a while (a circuit breaker).
 *
 * Only retries that a program sent when it certainly knew that the server was down count. The first failures, and retries that were sent before their responses
 * were known, are free. After a response that is not a failure, even one that it may not have read yet, the program may assume that the server is up again.
 *
 * @see gRPC A6 (retry throttling), Finagle's RetryBudget (20 %), the retry quota of the AWS SDKs
 * @module
 */
import { answeredAt, type Call, senderOf } from '../../calls/call.js';
import { callsInRhythm } from '../../calls/rhythm.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { isPastMargin } from '../../knowledge/knowledge.js';
import type { Step } from '../../knowledge/timeline.js';
import { count, formatTime } from '../../words.js';

interface Options {
  readonly failures: number;
  readonly budget: number;
  readonly within: number;
}

/** A server counts as down while at least this many times as many calls fail as succeed. */
const DOWN_RATIO = 5;

/** The check `no-retry-budget`. */
export const noRetryBudget = defineCheck<Options>({
  title: 'Retried without a budget against a server that was down',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      failures: z
        .int()
        .positive()
        .default(10)
        .describe('Number of failed first tries after which a client knows that the server is down'),
      budget: z
        .number()
        .nonnegative()
        .default(0.5)
        .describe(
          'Failed retries per first try while the server is down that are not a finding; the first `failures` are free',
        ),
      within: duration.prefault('1m').describe('Time for which failures count'),
    }),
  suffix: (all) => `, and in ${count(all - 1, 'other outage')} likewise`,
  find(view, options) {
    const inRhythm = callsInRhythm(view);
    const bySender = groupBy(view.timeline, ({ call }) => senderOf(call));
    const outages = [...bySender.values()].map((steps) => new Sender(steps, options, inRhythm));
    return {
      judged: outages.reduce((sum, { judged }) => sum + judged, 0),
      incidents: outages.flatMap(({ incidents }) => incidents),
    };
  },
});

/** The retries during one outage. An outage ends if no retry follows within `within`. */
interface Outage {
  readonly retries: Call[];
  firstTries: number;
  isOver: boolean;
  failed: number;
  answers: number;
}

/** Times of recent events. Old events are dropped. */
class Recent {
  readonly #all: number[] = [];
  #from = 0;

  add(at: number): void {
    this.#all.push(at);
  }

  /** Counts the events after an instant. The instant must not be earlier than that of the previous call. */
  after(at: number): number {
    while (this.#from < this.#all.length && this.#all[this.#from]! <= at) this.#from += 1;
    return this.#all.length - this.#from;
  }
}

/** The state of one program with one credential. */
class Sender {
  judged = 0;
  readonly #options: Options;
  readonly #inRhythm: ReadonlySet<Call>;
  readonly #firstTries = new Recent();
  readonly #retries = new Recent();
  /** Responses that are not failures. */
  readonly #succeeded = new Recent();
  /** Failures that the program certainly knows. */
  readonly #failed = new Recent();
  readonly #failedFirstTries = new Recent();
  /** All failed first attempts, known or not. */
  readonly #allFailed = new Recent();
  /** Failures that the program may not know yet, in the order in which their responses were sent. */
  readonly #unknown: Call[] = [];
  #nextUnknown = 0;
  #newest: Call | undefined;
  readonly #outages: Outage[] = [];

  constructor(steps: readonly Step[], options: Options, inRhythm: ReadonlySet<Call>) {
    this.#options = options;
    this.#inRhythm = inRhythm;
    for (const { call, answered } of steps) {
      if (answered) this.#answered(call);
      else this.#sent(call);
    }
  }

  /** One incident for each outage in which the program exceeded its budget. */
  get incidents(): Incident[] {
    return this.#outages
      .filter(({ isOver }) => isOver)
      .map(({ retries, firstTries, failed, answers }) => {
        const [first, call] = [retries[0]!, retries.at(-1)!];
        const span = formatTime(Math.max(0, call.entry.at - first.entry.at));
        const tries = firstTries === 1 ? '1 first try' : `${firstTries} first tries`;
        const says = `sent ${retries.length} retries in vain within ${span}, for ${tries}, while ${failed} of ${count(answers, 'call')} failed`;
        return { call, relatedCalls: retries, knownAnswer: call.repeats, says, weight: retries.length };
      });
  }

  #answered(call: Call): void {
    this.#newest = call;
    const at = answeredAt(call);
    if (call.outcome === 'failed') this.#unknown.push(call);
    else this.#succeeded.add(at);
    if (!this.#isFailedFirstTry(call)) return;
    const { failures, within } = this.#options;
    this.#allFailed.add(at);
    if (this.#allFailed.after(at - within) >= failures) this.judged += 1;
  }

  #sent(call: Call): void {
    this.#learn(call);
    const { failures, budget, within } = this.#options;
    const since = call.entry.at - within;
    const firstTries = this.#firstTries.after(since);
    if (!this.#isRetry(call)) {
      this.#firstTries.add(call.entry.at);
      return;
    }
    const failed = this.#failed.after(since);
    const succeeded = this.#succeeded.after(since);
    const isDown = this.#failedFirstTries.after(since) >= failures && failed >= DOWN_RATIO * succeeded;
    const retries = this.#retries.after(since);
    // A retry that succeeds does not count.
    if (!isDown || call.outcome !== 'failed' || this.#newest?.outcome !== 'failed') return;
    const known = this.#outages.at(-1);
    const outage = known && retries > 0 ? known : { retries: [], firstTries, isOver: false, failed, answers: 0 };
    if (outage !== known) this.#outages.push(outage);
    outage.retries.push(call);
    outage.firstTries = Math.max(outage.firstTries, firstTries);
    outage.failed = failed;
    outage.answers = failed + succeeded;
    this.#retries.add(call.entry.at);
    if (retries + 1 > Math.max(failures, budget * firstTries)) outage.isOver = true;
  }

  /** Records the failures that the program knew when it sent the call. */
  #learn(call: Call): void {
    for (; this.#nextUnknown < this.#unknown.length; this.#nextUnknown++) {
      const answer = this.#unknown[this.#nextUnknown]!;
      if (answer.entry.peer && !isPastMargin(call, answer.entry.leftAt!)) return;
      const at = answeredAt(answer);
      this.#failed.add(at);
      if (this.#isFailedFirstTry(answer)) this.#failedFirstTries.add(at);
    }
  }

  /** Whether the call retries a failure. The next request of a cron job does not. */
  #isRetry(call: Call): boolean {
    return call.repeats?.outcome === 'failed' && !this.#inRhythm.has(call);
  }

  #isFailedFirstTry(call: Call): boolean {
    return call.outcome === 'failed' && !this.#isRetry(call);
  }
}
