/** What `KnownAnswers` passes over makes no difference: it finds what a look at every answer finds. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Call } from '../../src/verdict/calls/call.js';
import { createIsDecisive, newestWait } from '../../src/verdict/calls/newest-wait.js';
import { isSettled, knowledge } from '../../src/verdict/knowledge/knowledge.js';
import { type Fold, type IsDecisive, KnownAnswers } from '../../src/verdict/knowledge/known-answers.js';
import { runs } from '../properties/agree.js';
import { admitted, type Given, refused, START, viewOf } from './entries.js';

const KEY = 'place';
const newest: Fold = (_, answer) => answer;
const newestRefusal: Fold = (_, answer) => (answer.outcome === 'refused' ? answer : undefined);
const always: IsDecisive = () => true;

/** Requests of one program: of several costs, over few or many connections, with answers that were read soon, late or never. */
const requests: fc.Arbitrary<readonly Given[]> = fc
  .record({ connections: fc.integer({ min: 1, max: 40 }), gap: fc.constantFrom(1, 20, 400) })
  .chain(({ connections, gap }) =>
    fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: gap }),
        took: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null, freq: 20 }),
        connection: fc.integer({ min: 1, max: connections }),
        isRefused: fc.boolean(),
        cost: fc.integer({ min: 1, max: 3 }),
        read: fc.constantFrom<'unseen' | 'never' | number>('unseen', 'never', 1, 60, 3_000),
        unread: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined, freq: 4 }),
        lagMs: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
        isFrozen: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      }),
      { minLength: 2, maxLength: 60 },
    ),
  )
  .map((all) => {
    let at = 0;
    return all.map(({ gap, took, connection, isRefused, cost, read, unread, lagMs, isFrozen }) => {
      at += gap;
      const left = took === null ? null : at + took;
      const since = START + (left ?? at);
      const given: Given = {
        at,
        left,
        connection,
        readAt: read === 'unseen' ? undefined : read === 'never' ? null : since + read,
        unreadAt: unread === undefined ? undefined : since + unread,
        arrived: lagMs === undefined ? undefined : { earliestAt: START + at - 1, lagMs },
        ...(isFrozen && { answeredAt: null }),
      };
      return isRefused ? refused(given, at + 1_000, { cost }) : admitted(given, { cost });
    });
  });

/** What each request knew, by numbers. */
function known(
  calls: ReturnType<typeof viewOf>,
  at: (call: Call) => { certain?: Call | undefined; perhaps?: Call | undefined },
  answered: (call: Call) => void,
) {
  return calls.timeline.flatMap(({ call, answered: isAnswer }) => {
    if (isAnswer) {
      answered(call);
      return [];
    }
    const { certain, perhaps } = at(call);
    return [[certain?.number, perhaps?.number]];
  });
}

it.each<[string, Fold, () => IsDecisive]>([
  ['the newest answer', newest, () => always],
  ['the newest refusal', newestRefusal, () => always],
  ['the newest wait', newestWait, createIsDecisive],
])('%s is found as by a look at every answer', (_, fold, decisive) => {
  fc.assert(
    fc.property(requests, (all) => {
      const view = viewOf(all);
      const keyOf = () => (fold === newestWait ? keyOfWait(view.calls[0]!) : KEY);
      const answers = new KnownAnswers(fold, decisive());
      const fast = known(
        view,
        (call) => answers.at(keyOf(), call),
        (call) => answers.answered(keyOf(), call),
      );
      const sent: Call[] = [];
      let settled: Call | undefined;
      const slow = known(
        view,
        (call) => {
          // An answer that was settled once stays so, even if a later request has a larger margin.
          while (sent.length > 0 && isSettled(call, sent[0]!)) settled = fold(settled, sent.shift()!, keyOf());
          let certain = settled;
          let perhaps = settled;
          for (const answer of sent) {
            const how = knowledge(call, answer);
            if (how === 'no') continue;
            perhaps = fold(perhaps, answer, keyOf());
            if (how === 'yes') certain = fold(certain, answer, keyOf());
          }
          return { certain, perhaps };
        },
        (call) => sent.push(call),
      );
      expect(fast).toEqual(slow);
    }),
    runs(200),
  );
});

function keyOfWait(call: Call): string {
  return `minute-1 ${call.caller} ${call.program}`;
}
