/** Answers that wait until arrivals are quiet. */
import { describe, expect, it } from 'vitest';
import { AnswerHold, MAX_HOLD_MS, QUIET_MS } from '../../src/http/judging/answer-hold.js';
import { ManualTime } from './manual-time.js';

function setUp() {
  const time = new ManualTime();
  const hold = new AnswerHold(time);
  const written: string[] = [];
  return { time, hold, written, send: (name: string) => hold.hold(() => written.push(`${name} at ${time.now()}`)) };
}

describe('an answer to a client whose process is known', () => {
  function setUpRunning() {
    const time = new ManualTime();
    const running = new Set([7]);
    const hold = new AnswerHold(time, (client) => running.has(client));
    const written: string[] = [];
    const send = (name: string, client?: number) => hold.hold(() => written.push(`${name} at ${time.now()}`), client);
    return { time, hold, running, written, send };
  }

  it('waits while the client does something', () => {
    const { time, running, written, send } = setUpRunning();
    send('a', 7);
    time.advance(40);
    expect(written).toEqual([]);
    running.clear();
    time.advance(2);
    expect(written).toEqual(['a at 42']);
  });

  it('leaves after 100 ms, whatever the client does', () => {
    const { time, written, send } = setUpRunning();
    send('a', 7);
    time.advance(MAX_HOLD_MS);
    expect(written).toEqual(['a at 100']);
  });

  it('does not wait for other clients, or for those that are not known', () => {
    const { time, written, send } = setUpRunning();
    send('a', 8);
    send('b');
    time.advance(QUIET_MS);
    expect(written).toEqual(['a at 8', 'b at 8']);
  });

  it('waits for what the client sent just before it went to sleep', () => {
    const { time, hold, running, written, send } = setUpRunning();
    send('a', 7);
    time.advance(QUIET_MS);
    running.clear();
    time.beforePoll = () => {
      time.beforePoll = undefined;
      hold.arrived();
    };
    time.advance(2);
    expect(written).toEqual([]);
    time.advance(QUIET_MS);
    expect(written).toEqual(['a at 18']);
  });
});

describe('an answer that is held', () => {
  it('leaves once nothing has arrived for 8 ms', () => {
    const { time, hold, written, send } = setUp();
    hold.arrived();
    send('a');
    time.advance(QUIET_MS - 1);
    expect(written).toEqual([]);
    time.advance(1);
    expect(written).toEqual(['a at 8']);
  });

  it('waits for 8 ms of its own, though nothing has arrived for long', () => {
    const { time, hold, written, send } = setUp();
    hold.arrived();
    time.advance(500);
    send('a');
    expect(written).toEqual([]);
    time.advance(QUIET_MS);
    expect(written).toEqual(['a at 508']);
  });

  it('waits longer for each later arrival', () => {
    const { time, hold, written, send } = setUp();
    send('a');
    for (const _ of [1, 2, 3]) {
      time.advance(5);
      hold.arrived();
    }
    time.advance(QUIET_MS - 1);
    expect(written).toEqual([]);
    time.advance(1);
    expect(written).toEqual(['a at 23']);
  });

  it('leaves after 100 ms, whatever arrives', () => {
    const { time, hold, written, send } = setUp();
    send('a');
    for (let ms = 0; ms < MAX_HOLD_MS; ms += 4) {
      hold.arrived();
      expect(written).toEqual([]);
      time.advance(4);
    }
    expect(written).toEqual(['a at 100']);
  });

  it('that has waited for the longest time leaves without the later ones', () => {
    const { time, hold, written, send } = setUp();
    send('a');
    for (let ms = 0; ms < 120; ms += 4) {
      hold.arrived();
      time.advance(4);
      if (ms === 56) send('b');
    }
    expect(written).toEqual(['a at 100']);
    time.advance(QUIET_MS);
    expect(written).toEqual(['a at 100', 'b at 124']);
  });

  it('leaves in its turn, with all the others', () => {
    const { time, written, send } = setUp();
    send('a');
    time.advance(2);
    send('b');
    time.advance(2);
    send('c');
    time.advance(QUIET_MS);
    expect(written).toEqual(['a at 8', 'b at 8', 'c at 8']);
  });

  it('counts an arrival that the event loop reads after the timer', () => {
    const { time, hold, written, send } = setUp();
    send('a');
    time.beforePoll = () => {
      hold.arrived();
      time.beforePoll = undefined;
    };
    time.advance(QUIET_MS);
    expect(written).toEqual([]);
    time.advance(QUIET_MS);
    expect(written).toEqual(['a at 16']);
  });

  it('may be followed by another once it has left', () => {
    const { time, written, send } = setUp();
    send('a');
    time.advance(QUIET_MS);
    time.advance(100);
    send('b');
    time.advance(QUIET_MS);
    expect(written).toEqual(['a at 8', 'b at 116']);
  });

  it('may have another held while it is written', () => {
    const { time, hold, written } = setUp();
    hold.hold(() => {
      written.push('a');
      hold.hold(() => written.push('b'));
    });
    time.advance(QUIET_MS);
    expect(written).toEqual(['a']);
    time.advance(QUIET_MS);
    expect(written).toEqual(['a', 'b']);
  });
});

it('sets one timer, however many answers are held, and none while none is', () => {
  const { time, send } = setUp();
  expect(time.waiting).toBe(0);
  send('a');
  send('b');
  expect(time.waiting).toBe(1);
  time.advance(QUIET_MS);
  expect(time.waiting).toBe(0);
});
