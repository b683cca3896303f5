/**
 * The player of transcripts: that a scenario which is not so fails, in both modes, and says where and why.
 */
import { describe, expect, test } from 'vitest';
import { MODES } from './client.js';
import { parseTranscript } from './parse.js';
import { runScenario } from './run.js';

const HEAD = '# Shows something.\nprofile: aiclicks\nclock: 2026-05-12T08:00:00.000Z\n';
const GET = '> GET /api/v1/domains\n> Authorization: Bearer ak_live_xxx\n';
const STREAM = '> GET /__mock429/events as stream\n> Accept: text/event-stream\n';
const SLOW = 'fault {"delayMs":1000}\n> GET /api/v1/domains as slow\n> Authorization: Bearer ak_live_xxx\n';

describe.each(MODES)('%s', (mode) => {
  const play = (text: string) => runScenario(parseTranscript('x.txt', `${HEAD}${text}`), mode);

  test.each([
    ['a status', `${GET}< 201`, 6, 'status 201', 'status 200'],
    [
      'a header',
      `${GET}< 200\n< X-RateLimit-Remaining: 60`,
      7,
      'X-RateLimit-Remaining: 60',
      'X-RateLimit-Remaining: 59',
    ],
    ['a header by pattern', `${GET}< 200\n< Date: /Wed/`, 7, 'Date: /Wed/', 'Date: Tue, 12 May 2026 08:00:00 GMT'],
    ['a header that is not there', `${GET}< 200\n< Retry-After: 1`, 7, 'Retry-After: 1', 'no Retry-After'],
    ['a header that is there', `${GET}< 200\n< !X-Cache`, 7, 'no X-Cache', 'X-Cache: MISS'],
    ['the last of many', `${GET.replace('\n', ' x3\n')}< 200\n< X-Cache: MISS`, 7, 'X-Cache: MISS', 'X-Cache: HIT'],
    ['a value in the body', `${GET}< 200\n< body {"data":{"total":3}}`, 7, 'body.data.total: 3', 'body.data.total: 2'],
    ['a key in the body', `${GET}< 200\n< body {"datum":1}`, 7, 'body.datum: 1', 'body.datum: nothing'],
    [
      'a type in the body',
      `${GET}< 200\n< body {"data":{"total":"2"}}`,
      7,
      'body.data.total: "2"',
      'body.data.total: 2',
    ],
    [
      'a pattern in the body',
      `${GET}< 200\n< body {"generated_at":"/^2025/"}`,
      7,
      'body.generated_at: "/^2025/"',
      'body.generated_at: "2026-05-12T08:00:00.000Z"',
    ],
    [
      'the length of a list',
      `${GET}< 200\n< body {"data":{"items":[{}]}}`,
      7,
      'body.data.items: [{}]',
      'body.data.items: [{"id":',
    ],
    [
      'the whole body',
      `> GET /api/v1/domains\n< 401\n< body = {}`,
      6,
      'body: no key "detail"',
      'body: {"detail":"Invalid or revoked API key"}',
    ],
    ['no body', `${GET}< 200\n< no body`, 7, 'no body', 'body {"data"'],
    ['some body', `> HEAD /api/v1/domains\n> Authorization: Bearer ak_x\n< 200\n< body {}`, 7, 'body {}', 'no body'],
    ['a closed connection', `${GET}< closed`, 6, 'closed', 'status 200'],
    ['an answer', `fault {"drop":true}\n${GET}< 200`, 7, 'status 200', 'no answer (fetch failed'],
    ['a bucket', `${GET}< 200\nquotas {"used":2}`, 7, 'a live bucket with {"used":2}', '{"id":'],
    ['a bucket among none', 'quotas {}', 4, 'a live bucket with {}', 'no live bucket'],
    ['no bucket', `${GET}< 200\nno quotas {"used":1}`, 7, 'no live bucket with {"used":1}', '{"id":'],
    [
      'the newest entry of the journal',
      `${GET}< 200\njournal {"status":404}`,
      7,
      'journal.status: 404',
      'journal.status: 200',
    ],
    ['an entry of an empty journal', 'journal {}', 4, 'journal: {}', 'journal: null'],
    ['how many are in flight', `${SLOW}in-flight 2`, 7, '2 in flight', '1 in flight'],
    [
      'a body that was kept',
      '> GET /__mock429/quotas\n< 200\n< keep before\n\nquota {"policy":"key-minute","partition":{"key":"k"},"used":1}\n\n> GET /__mock429/quotas\n< 200\n< kept before',
      12,
      'body {"quotas":[]}',
      'body {"quotas":[{"id":',
    ],
    [
      'an event',
      `${STREAM}advance 1s\nevent stream {"event":"reset"}`,
      7,
      'event.event: "reset"',
      'event.event: "clock"',
    ],
    [
      'the order of events',
      `${STREAM}advance 1s\nreset\nevent stream {"event":"clock"}\nevent stream {"event":"clock"}`,
      9,
      'event.event: "clock"',
      'event.event: "reset"',
    ],
    [
      'an event that does not come',
      `${STREAM}event stream {"event":"clock"}`,
      6,
      'event: {"event":"clock"}',
      'event: null',
    ],
    ['the answer to one that was sent before', `${SLOW}advance 1s\nawait slow\n< 404`, 9, 'status 404', 'status 200'],
  ])('fails when it is not so: %s', async (_what, text, line, expected, came) => {
    const error = await play(text).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toMatch(new RegExp(`^x\\.txt:${line}: `));
    expect(error?.message).toContain(`expected ${expected}`);
    expect(error?.message).toContain(`came     ${came}`);
  });

  test('names every expectation that is not met, and shows the whole answer', async () => {
    await expect(play(`${GET}< 200\n< X-Cache: HIT\n< !Date\n< X-RateLimit-Limit: 60`)).rejects.toThrow(
      /^x\.txt:7: line 7: [\s\S]*X-Cache: HIT[\s\S]*line 8: [\s\S]*no Date[\s\S]*the whole answer: 200\n[\s\S]*x-ratelimit-limit: 60[\s\S]*generated_at/,
    );
  });

  test.each([
    [
      'a change of quota that cannot be',
      'quota {"policy":"key-hour","partition":{},"remaining":3}',
      /^x\.txt:4: policy: aiclicks has no policy "key-hour"/,
    ],
    ['a fault that cannot be', 'fault {"status":99}', /^x\.txt:4: status: /],
    ['a plan that is not', 'account acme {"plan":"gold"}', /^x\.txt:4: plan: aiclicks has no plan "gold"/],
    [
      'a request that nobody will answer',
      `fault {"delayMs":1000}\n${GET}< 200`,
      /^x\.txt:5: it got no answer; the clock stands at 2026-05-12T08:00:00\.000Z/,
    ],
    [
      'waiting for what is not due',
      `${SLOW}advance 999ms\nawait slow\n< 200`,
      /^x\.txt:8: slow got no answer; the clock stands at 2026-05-12T08:00:00\.999Z/,
    ],
    [
      'going away after the answer',
      `${SLOW}advance 1s\nawait slow\n< 200\nabort slow`,
      /^x\.txt:10: slow has its answer already/,
    ],
  ])('says what cannot be done: %s', async (_what, text, message) => {
    await expect(play(text)).rejects.toThrow(message);
  });

  test('holds requests until the clock gets there, and lets their clients go', async () => {
    await play(`${SLOW.replace('as slow', 'as slow x3')}
in-flight 3
quotas {"used":3}
abort slow2
in-flight 2
await slow2
< closed
advance 1s
in-flight 0
await slow1
< 200
< X-RateLimit-Remaining: 57
await slow3
< 200`);
  });

  test('a reset ends what is in flight', async () => {
    await play(`${SLOW}in-flight 1\nreset\nin-flight 0\nno quotas {}\nawait slow\n< closed`);
  });
});
