import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/verdict/render/index.js';
import { EARLY, findingOn, reportWith } from './pictured.js';
import { clean, mixed, requests, shop, unused } from './reports.js';

describe('a report as Markdown', () => {
  it('has a table of findings, one of figures, and the passed checks folded away', () => {
    expect(renderReport(mixed, 'markdown', { requests })).toMatchInlineSnapshot(`
      "## mock429: fail, 2 findings: 1 error, 1 warning

      107 requests were judged; 12 left the journal before they could be.

      ### Shop API (shop): fail

      | Severity | Check | What the client did | Advice |
      | --- | --- | --- | --- |
      | error | retry-too-early | came back 412 ms after being told to wait 23 s, on key shop\\_…bbbb, 3 times<br>requests 101, 102, 103, 104: GET /links (listLinks), POST /links (createLink), GET /nothing<br>request 104 at 08:00:03.412Z on connection 1 from process 4211<br>its client knew the answer to request 103, received on the same connection<br>hint: curl: curl --retry waits as long as Retry-After says; your own loop must too | Wait as long as Retry-After says (documented: [Limits](https://shop.example/limits)) |
      | warn | no-jitter | 4 refused requests came back within 2 ms, on key shop\\_…bbbb<br>requests 90, 91, 92, 93, 94, 95, 96, 97, 98, 99 and 9 more: GET /links (listLinks) | Add some random time to each wait (inferred: [Limits](https://shop.example/limits); its sample adds 10 %) |

      | Figure | Value |
      | --- | --- |
      | requests | 106 in 1 min 11 s: 100 admitted, 6 refused |
      | answers | 98 succeeded, 1 rejected, 1 failed |
      | throughput | 100 of 200 requests that key-minute could admit (50 %) |
      | completion | no limit that refills with time admitted later what it had refused |
      | waits | 23.4 s waited of 46 s told (51 %) |
      | longest streak of refusals | 4 |

      <details><summary>1 check passed</summary>

      - hammering: Pause before asking again (assumed)

      </details>

      ### Calm API (calm): pass

      | Figure | Value |
      | --- | --- |
      | requests | 1 in 0 ms: 1 admitted, 0 refused |
      | answers | 1 succeeded, 1 rejected, 0 failed |
      | throughput | no request was counted by a limit that refills with time |
      | completion | nothing was refused |
      | waits | nothing was refused |
      | longest streak of refusals | 0 |

      <details><summary>1 check passed</summary>

      - hammering: Pause before asking again (assumed)

      </details>

      <details><summary>1 check had nothing to judge</summary>

      - no-jitter: Add some random time to each wait (inferred: [Limits](https://shop.example/limits); its sample adds 10 %)

      </details>
      "
    `);
  });

  it('has no table of findings where there are none', () => {
    const text = renderReport(clean, 'markdown');
    expect(text).toMatch(/^## mock429: pass, no findings\n\n1 request was judged, none lost from the journal\.\n/);
    expect(text).not.toContain('Severity');
  });

  it('says that nothing came', () => {
    expect(renderReport(unused, 'markdown')).toBe(
      '## mock429: nothing judged, no requests came\n\nNo requests came, so there was nothing to judge.\n',
    );
  });

  it('has a picture of each finding whose requests the journal has, of characters, in a block of code', () => {
    const text = renderReport(reportWith(findingOn([3, 4], 3)), 'markdown', { requests: EARLY });
    expect(text).toContain(
      '\n**retry-too-early**: request 4 came 400 ms after the answer to request 3, which told it to wait 23 s; among 2',
    );
    expect(text).toMatch(
      /\n```text\n +0 .*\n.*\n.*▲─+▲.*\n.*▒► told to wait 23 s\n.*► request 4, after the answer to 3\n```\n/,
    );
    expect(text).toContain('▲ refused');
    expect(renderReport(mixed, 'markdown', { requests })).not.toContain('```');
  });

  it('has at most ten pictures', () => {
    const findings = Array.from({ length: 200 }, () => findingOn([3, 4], 3));
    const text = renderReport({ ...mixed, profiles: [{ ...shop, findings }] }, 'markdown', { requests: EARLY });
    expect(text.match(/```text/g)).toHaveLength(10);
    expect(text).toContain('The first 10 findings have pictures; the format html has more.');
  });
});
