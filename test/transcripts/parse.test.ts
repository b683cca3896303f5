/**
 * The reader of transcripts: what it understands, and that it takes no line that it does not.
 */
import { describe, expect, test } from 'vitest';
import { parseTranscript } from './parse.js';

const HEAD = '# Shows something.\nprofile: aiclicks\nclock: 2026-05-12T08:00:00.000Z\n';

test('reads the head', () => {
  const { title, claims, setup } = parseTranscript(
    'x.txt',
    [
      '# Shows something.',
      '# claims: quota, window-start',
      'profile: full-domination',
      'variant: clock-minute, reset-epoch',
      'plan: growth',
      'set: policies.token-day.quota=5',
      'set: title=A name with spaces',
      'compress: 60',
      'clock: 2026-05-12T08:00:00.000Z',
      '',
      '> GET /v1/audits',
      '< 200',
    ].join('\n'),
  );
  expect(title).toBe('Shows something.');
  expect(claims).toEqual(['quota', 'window-start']);
  expect(setup).toEqual({
    profile: 'full-domination',
    variant: ['clock-minute', 'reset-epoch'],
    plan: 'growth',
    set: ['policies.token-day.quota=5', 'title=A name with spaces'],
    compress: 60,
    clock: '2026-05-12T08:00:00.000Z',
  });
});

test('reads a request with headers, body and every kind of expectation', () => {
  const text = `${HEAD}
> POST /v1/content/draft?dry=1 x3
> Authorization: Bearer ad_live_aaaa
> {"companyId":"cmp_abc"}
< 201
< X-RateLimit-Remaining: 1
< X-Request-Id: /^[0-9a-f-]{36}$/
< !Retry-After
< body {"id":"/^d_/"}
< body = [1, "a"]
`;
  expect(parseTranscript('x.txt', text).steps).toEqual([
    {
      line: 5,
      kind: 'request',
      request: {
        method: 'POST',
        target: '/v1/content/draft?dry=1',
        headers: [['Authorization', 'Bearer ad_live_aaaa']],
        body: '{"companyId":"cmp_abc"}',
        times: 3,
        name: undefined,
        expect: [
          { line: 8, kind: 'status', status: 201 },
          { line: 9, kind: 'header', name: 'X-RateLimit-Remaining', value: '1' },
          { line: 10, kind: 'header', name: 'X-Request-Id', value: /^[0-9a-f-]{36}$/ },
          { line: 11, kind: 'absent', name: 'Retry-After' },
          { line: 12, kind: 'body', value: { id: '/^d_/' }, exact: false },
          { line: 13, kind: 'body', value: [1, 'a'], exact: true },
        ],
      },
    },
  ]);
});

test('reads every other step', () => {
  const text = `${HEAD}
> GET /v1/audits as slow x2
> GET /v1/audits as other
> DELETE /v1/audits/1
> body not JSON at all
< 204
< no body
advance 59s
clock 2026-05-12T09:00:00Z
# A comment between steps.
reset
account acme {"plan":"growth"}
fault {"status":500}
quota {"policy":"key-minute","remaining":3}
quotas {"used":63}
no quotas {}
in-flight 20
abort slow1
await slow2
< closed
`;
  const { steps } = parseTranscript('x.txt', text);
  expect(steps.map(({ line, kind }) => `${line} ${kind}`)).toEqual([
    '5 request',
    '6 request',
    '7 request',
    '11 advance',
    '12 clock',
    '14 reset',
    '15 account',
    '16 fault',
    '17 quota',
    '18 quotas',
    '19 quotas',
    '20 in-flight',
    '21 abort',
    '22 await',
  ]);
  expect(steps[0]).toMatchObject({ request: { name: 'slow', times: 2, expect: [] } });
  expect(steps[2]).toMatchObject({
    request: { body: 'not JSON at all', expect: [{ status: 204 }, { kind: 'no body' }] },
  });
  expect(steps.slice(8, 13)).toMatchObject([
    { change: { policy: 'key-minute', remaining: 3 } },
    { found: true, bucket: { used: 63 } },
    { found: false, bucket: {} },
    { count: 20 },
    { name: 'slow1' },
  ]);
  expect(steps[13]).toMatchObject({ name: 'slow2', expect: [{ line: 23, kind: 'closed' }] });
});

test('reads bodies that are kept, and events', () => {
  const { steps } = parseTranscript(
    'x.txt',
    `${HEAD}\n> GET /a\n< 200\n< keep saved\n\n> PUT /a\n> kept saved\n< 200\n< kept saved\n\n> GET /b as stream\nevent stream {"event":"clock"}`,
  );
  expect(steps).toMatchObject([
    { request: { body: undefined, expect: [{ status: 200 }, { kind: 'keep', name: 'saved' }] } },
    { request: { body: { kept: 'saved' }, expect: [{ status: 200 }, { kind: 'kept', name: 'saved' }] } },
    { request: { name: 'stream' } },
    { kind: 'event', name: 'stream', event: { event: 'clock' } },
  ]);
});

const OK = '\n> GET /a\n< 200\n';

describe.each([
  ['no title', 'profile: aiclicks', 'x.txt:1: the first line says what is shown: # One line …'],
  [
    'no profile',
    '# A.\nclock: 2026-05-12T08:00:00Z\n> GET /a',
    'x.txt:3: says no profile; write profile: <id> at the top',
  ],
  [
    'no clock',
    '# A.\nprofile: aiclicks\nreset',
    'x.txt:3: says no clock; write clock: 2026-05-12T08:00:00.000Z at the top',
  ],
  ['no request', HEAD, 'x.txt:4: shows nothing: there is no request'],
  [
    'a setting that is not known',
    '# A.\nprofil: aiclicks',
    'x.txt:2: there is no setting "profil"; known: profile, variant, plan, compress, clock, set',
  ],
  ['a setting without a value', '# A.\nprofile:', 'x.txt:2: profile: says nothing'],
  ['a setting said twice', `${HEAD}profile: klinky`, 'x.txt:4: profile: is said twice'],
  ['two settings on a line', '# A.\nvariant: a plan: b', 'x.txt:2: variant: is one word to a line'],
  [
    'a setting after the first step',
    `${HEAD}${OK}plan: growth`,
    'x.txt:7: plan: belongs to the top, before the first step',
  ],
  ['claims after the first step', `${HEAD}${OK}# claims: a`, 'x.txt:7: claims stand at the top, before the first step'],
  [
    'a claim that is no id',
    '# A.\n# claims: One Claim',
    'x.txt:2: "One Claim" is not the id of a claim; write # claims: quota, window-start',
  ],
  [
    'set without a value',
    '# A.\nset: policies.a.quota',
    'x.txt:2: write set: path=value, such as set: policies.key-minute.quota=5',
  ],
  ['compress by nothing', '# A.\ncompress: 0', 'x.txt:2: compress: "0" is not a number above 0'],
  [
    'a clock without a zone',
    '# A.\nclock: 2026-05-12T08:00:00',
    'x.txt:2: "2026-05-12T08:00:00" is not an instant; write it like 2026-05-12T08:00:00.000Z',
  ],
  [
    'a clock that is no day',
    '# A.\nclock: 2026-13-12T08:00:00Z',
    'x.txt:2: "2026-13-12T08:00:00Z" is not an instant; write it like 2026-05-12T08:00:00.000Z',
  ],
  [
    'a line of no kind',
    `${HEAD}wait 3s`,
    'x.txt:4: "wait" is not understood; a line is a request (>), an expectation (<) or advance, clock, reset, account, fault, quota, quotas, no, journal, in-flight, await, abort, event',
  ],
  ['an indented line', `${HEAD}\n> GET /a\n < 200`, 'x.txt:5: GET /a: expects no status; write < 200 below'],
  [
    'a request without a status',
    `${HEAD}\n> GET /a\n< X-A: 1\n\n> GET /b\n< 200`,
    'x.txt:5: GET /a: expects no status; write < 200 below',
  ],
  [
    'an answer without a status',
    `${HEAD}\n> GET /a as a\nawait a`,
    'x.txt:6: await a: expects no status; write < 200 below',
  ],
  ['two statuses', `${HEAD}${OK}< 201`, 'x.txt:7: the answer has one status only'],
  ['a status and a closed connection', `${HEAD}${OK}< closed`, 'x.txt:7: the answer has one status only'],
  [
    'an expectation of nothing',
    `${HEAD}${OK}\n< X-A: 1`,
    'x.txt:8: expects nothing that can come: no request stands above',
  ],
  [
    'an expectation after a step',
    `${HEAD}advance 1s\n< 200`,
    'x.txt:5: expects nothing that can come: no request stands above',
  ],
  [
    'an expectation of what is not waited for',
    `${HEAD}> GET /a as a\n< 200`,
    'x.txt:5: expects nothing that can come: a request sent `as` has its answer below `await`',
  ],
  [
    'an expectation of no kind',
    `${HEAD}> GET /a\n< OK`,
    'x.txt:5: "OK" is no expectation; write 200, Name: value, !Name, body {…}, body = {…}, no body, keep name, kept name or closed',
  ],
  ['a body that is not JSON', `${HEAD}> GET /a\n< body {"a":}`, /^x\.txt:5: is not JSON: /],
  ['a pattern that is none', `${HEAD}> GET /a\n< body {"a":"/(/"}`, /^x\.txt:5: \/\(\/ is no regular expression: /],
  ['a header pattern that is none', `${HEAD}> GET /a\n< X-A: /(/`, /^x\.txt:5: \/\(\/ is no regular expression: /],
  [
    'a header of no request',
    `${HEAD}${OK}\n> Authorization: Bearer a`,
    'x.txt:8: no request stands above; write > GET /path first, without a blank line between',
  ],
  [
    'a header below expectations',
    `${HEAD}${OK}> Authorization: Bearer a`,
    'x.txt:7: stands below expectations; write the whole request first',
  ],
  [
    'a line of a request that is neither',
    `${HEAD}> GET /a\n> Authorization`,
    'x.txt:5: "Authorization" is neither a header (Name: value) nor a body ({…, […)',
  ],
  ['a body for GET', `${HEAD}> GET /a\n> {}`, 'x.txt:5: GET has no body'],
  ['two bodies', `${HEAD}> POST /a\n> {}\n> []`, 'x.txt:6: the request has a body already; write it on one line'],
  [
    'a word after the path',
    `${HEAD}> GET /a twice`,
    'x.txt:4: "twice" is not understood; after the path stand "x20" and "as name" (letters)',
  ],
  [
    'a request sent no times',
    `${HEAD}> GET /a x0`,
    'x.txt:4: "x0" is not understood; after the path stand "x20" and "as name" (letters)',
  ],
  [
    'a name with digits, which numbers need',
    `${HEAD}> GET /a as a1`,
    'x.txt:4: "as" is not understood; after the path stand "x20" and "as name" (letters)',
  ],
  ['a name used twice', `${HEAD}> GET /a as a x2\n> GET /a as a x3`, 'x.txt:5: a request has been sent as a1 already'],
  [
    'waiting for what was not sent',
    `${HEAD}> GET /a as a x2\nawait a`,
    'x.txt:5: no request was sent as a; sent: a1, a2',
  ],
  ['aborting what was not sent', `${HEAD}abort a`, 'x.txt:4: no request was sent as a; none was sent `as` anything'],
  ['no duration', `${HEAD}advance 59`, 'x.txt:4: "59" is not a duration; write it like 59s, 250ms, 1h or PT1H'],
  ['no instant', `${HEAD}clock noon`, 'x.txt:4: "noon" is not an instant; write it like 2026-05-12T08:00:00.000Z'],
  [
    'a body that was not kept',
    `${HEAD}> PUT /a\n> kept saved`,
    'x.txt:5: no answer above is kept as saved; write < keep saved below one',
  ],
  [
    'the expectation of one that was not kept',
    `${HEAD}${OK}< kept saved`,
    'x.txt:7: no answer above is kept as saved; write < keep saved below one',
  ],
  ['an event of no stream', `${HEAD}event a {}`, 'x.txt:4: no request was sent as a; none was sent `as` anything'],
  [
    'an event that is no object',
    `${HEAD}> GET /a as a\nevent a clock`,
    'x.txt:5: write event <name of a stream> {"event": …, "data": …}',
  ],
  ['reset with more', `${HEAD}reset clock`, 'x.txt:4: reset stands alone'],
  ['an account without a change', `${HEAD}account acme`, 'x.txt:4: write account <id> {"plan": …, "keys": […]}'],
  ['a fault that is no object', `${HEAD}fault [500]`, 'x.txt:4: is not a JSON object {…}'],
  ['a journal entry that is no object', `${HEAD}journal []`, 'x.txt:4: is not a JSON object {…}'],
  ['no of something else', `${HEAD}no faults`, 'x.txt:4: write no quotas {"policy": …}'],
  [
    'in flight, but not how many',
    `${HEAD}in-flight some`,
    'x.txt:4: write in-flight <how many requests are being answered>',
  ],
])('an error: %s', (_what, text, message) => {
  test('says which line, what is wrong and what to write', () => {
    expect(() => parseTranscript('x.txt', text)).toThrow(
      expect.objectContaining({
        name: 'TranscriptError',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
  });
});
