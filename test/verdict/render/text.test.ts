import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/verdict/render/index.js';
import { clean, mixed, requests, twoCallers, unused, warned } from './reports.js';

describe('a report as text', () => {
  it('begins with the verdict, and has findings, passed checks and figures of each provider', () => {
    expect(renderReport(mixed, 'text', { requests })).toMatchInlineSnapshot(`
      "mock429: FAIL, 2 findings: 1 error, 1 warning
      107 requests were judged; 12 left the journal before they could be

      Shop API (shop): FAIL

        error retry-too-early: Came back before it was told to
          came back 412 ms after being told to wait 23 s, on key shop_…bbbb, 3 times
          requests         101, 102, 103, 104
          asked for        GET /links (listLinks), POST /links (createLink) and 1 more
          when             request 104 at 08:00:03.412Z on connection 1 from process 4211
          its client knew  the answer to request 103, received on the same connection
          advice           Wait as long as Retry-After says
          source           documented: “Limits”
                           https://shop.example/limits
          hint             curl: curl --retry waits as long as Retry-After says; your own loop must too

        warn no-jitter: Came back all at once
          4 refused requests came back within 2 ms, on key shop_…bbbb
          requests   90, 91, 92, 93, 94, 95, 96, 97, 98, 99 and 9 more
          asked for  GET /links (listLinks)
          advice     Add some random time to each wait
          source     inferred: “Limits”
                     https://shop.example/limits
          note       its sample adds 10 %

        1 check passed: hammering

        requests                    106 in 1 min 11 s: 100 admitted, 6 refused
        answers                     98 succeeded, 1 rejected, 1 failed
        throughput                  100 of 200 requests that key-minute could admit (50 %)
        completion                  no limit that refills with time admitted later what it had refused
        waits                       23.4 s waited of 46 s told (51 %)
        longest streak of refusals  4

      Calm API (calm): PASS

        1 check passed: hammering
        1 check had nothing to judge: no-jitter

        requests                    1 in 0 ms: 1 admitted, 0 refused
        answers                     1 succeeded, 1 rejected, 0 failed
        throughput                  no request was counted by a limit that refills with time
        completion                  nothing was refused
        waits                       nothing was refused
        longest streak of refusals  0
      "
    `);
  });

  it('tells requests by their ids alone where the journal is not at hand', () => {
    const text = renderReport(mixed, 'text');
    expect(text).toContain('101, 102, 103, 104\n');
    expect(text).not.toContain('asked for');
  });

  it('has a line for each caller', () => {
    const lines = renderReport(twoCallers, 'text').split('\n');
    expect(lines.filter((line) => line.includes('retry-too-early'))).toHaveLength(2);
    expect(lines[0]).toBe('mock429: FAIL, 3 findings: 2 errors, 1 warning');
  });

  it.each([
    ['error', 'mock429: WARN, 1 finding: 1 warning'],
    ['warn', 'mock429: WARN, which fails the run, 1 finding: 1 warning'],
  ] as const)('of warnings begins, when %s fails, with: %s', (failOn, head) => {
    expect(renderReport(warned, 'text', { failOn }).split('\n')[0]).toBe(head);
  });

  it('says that all is well', () => {
    expect(renderReport(clean, 'text')).toMatchInlineSnapshot(`
      "mock429: PASS, no findings
      1 request was judged, none lost from the journal

      Calm API (calm): PASS

        1 check passed: hammering
        1 check had nothing to judge: no-jitter

        requests                    1 in 0 ms: 1 admitted, 0 refused
        answers                     1 succeeded, 1 rejected, 0 failed
        throughput                  no request was counted by a limit that refills with time
        completion                  nothing was refused
        waits                       nothing was refused
        longest streak of refusals  0
      "
    `);
  });

  it('says that nothing was refused, and accuses nobody where something was', () => {
    const [profile] = clean.profiles;
    const rowsOf = (refused: number) =>
      renderReport({ ...clean, profiles: [{ ...profile!, figures: { ...profile!.figures, refused } }] }, 'text')
        .split('\n')
        .filter((line) => /^ {2}(?:completion|waits) /.test(line))
        .map((line) => line.trim().replace(/ {2,}/, ': '));
    expect(rowsOf(0)).toEqual(['completion: nothing was refused', 'waits: nothing was refused']);
    expect(rowsOf(1)).toEqual([
      'completion: no limit that refills with time admitted later what it had refused',
      'waits: no wait was told to a client that then came back',
    ]);
  });

  it('says that nothing came', () => {
    expect(renderReport(unused, 'text')).toMatchInlineSnapshot(`
      "mock429: NOTHING JUDGED, no requests came
      no requests came, so there was nothing to judge
      "
    `);
  });

  it('fits a terminal of 100 columns', () => {
    const long = renderReport(mixed, 'text', { requests })
      .split('\n')
      .filter((line) => line.length > 100);
    expect(long).toEqual([]);
  });

  it('has colours when asked, and is the same text without them', () => {
    const plain = renderReport(mixed, 'text');
    const coloured = renderReport(mixed, 'text', { colour: true });
    const esc = String.fromCharCode(0x1b);
    expect(plain).not.toContain(esc);
    expect(coloured.startsWith(`mock429: ${esc}[1;31mFAIL${esc}[0m`)).toBe(true);
    expect(coloured.replaceAll(new RegExp(`${esc}\\[[\\d;]*m`, 'g'), '')).toBe(plain);
  });
});
