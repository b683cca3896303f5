/**
 * The report as a page: one file that loads nothing, with a picture of each finding, in which text from outside is text.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { createMock } from '../../../src/mock.js';
import { renderReport } from '../../../src/verdict/render/index.js';
import type { Report } from '../../../src/verdict/report/report.js';
import { EARLY, findingOn, reportWith } from './pictured.js';
import { clean, HOSTILE, hostile, hostileRequests, mixed, open, requests, shop, unused, warned } from './reports.js';

const page = (report: Report, options = {}) => renderReport(report, 'html', options);
const pictured = page(reportWith(findingOn([3, 4], 3)), { requests: EARLY });

/** The text of a page, without its style. */
function words(text: string): string {
  return text
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('a report as a page', () => {
  it.each([
    ['Fail', mixed, {}, 'findings: 1 error, 1 warning. The clients did not do what the answers asked of them.'],
    ['Warn', warned, {}, 'No finding fails the run.'],
    ['Warn', warned, { failOn: 'warn' }, 'Warnings fail this run.'],
    ['Undecided', open, {}, 'The journal does not show in every case whether a client broke a rule.'],
    ['Pass', clean, {}, 'The clients did what the answers asked of them: no check found anything.'],
    ['Nothing judged', unused, {}, 'No requests came, so there was nothing to judge.'],
  ] as const)('says %s in a word and a sentence', (verdict, report, options, sentence) => {
    const text = page(report, options);
    expect(text).toContain(`<h1>${verdict}</h1>`);
    expect(words(text)).toContain(sentence);
  });

  it('has the figures, each finding with its advice, evidence and source, and every check', () => {
    const text = words(page(mixed, { requests }));
    for (const part of [
      '106 in 1 min 11 s: 100 admitted, 6 refused',
      'Came back 412 ms after being told to wait 23 s, on key shop_…bbbb, 3 times.',
      'Its client knew the answer to request 103, received on the same connection.',
      'Requests 101, 102, 103, 104: GET /links (listLinks), POST /links (createLink), GET /nothing',
      'Wait as long as Retry-After says documented: Limits',
      'Hint: curl: curl --retry waits',
      'inferred: Limits ; its sample adds 10 %',
      'hammering pass Pause before asking again assumed',
    ])
      expect(text).toContain(part);
    expect(page(mixed)).toContain('<a href="https://shop.example/limits" rel="noreferrer">Limits</a>');
  });

  it('has what nobody can tell', () => {
    expect(words(page(open))).toContain('12 requests left the journal before they were judged');
  });

  it('draws each finding whose requests the journal has, in two widths, and explains the marks', () => {
    expect(pictured.match(/<svg viewBox="0 0 1040 /g)).toHaveLength(1);
    expect(pictured.match(/<svg viewBox="0 0 340 /g)).toHaveLength(1);
    expect(words(pictured)).toContain('Request 4 came 400 ms after the answer to request 3');
    expect(words(pictured)).toContain('0 is 2026-05-12T08:00:01.000Z.');
    expect(words(pictured)).toContain('Told to wait 23 s, until 08:00:24.000Z.');
    expect(pictured).toContain('class="legend"');
    expect(page(mixed, { requests })).not.toMatch(/<figure>|class="legend"/);
  });

  it('draws a bounded number of findings', () => {
    const findings = Array.from({ length: 200 }, () => findingOn([3, 4], 3));
    const text = page({ ...mixed, profiles: [{ ...shop, findings }] }, { requests: EARLY });
    expect(text.match(/<figure>/g)).toHaveLength(60);
    expect(text.match(/<article /g)).toHaveLength(200);
  });

  it('has ids that are unique', () => {
    const findings = [findingOn([3, 4], 3), findingOn([4])];
    const text = page({ ...mixed, profiles: [{ ...shop, findings }] }, { requests: EARLY });
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
  });

  it('allows its own style by the policy, and nothing else', () => {
    const [, style] = /<style>(.*?)<\/style>/s.exec(pictured)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(pictured).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(pictured).not.toMatch(/<script|<link|<img|<iframe|\sstyle=|\son\w+=|url\(|@import|javascript:/i);
    expect([...pictured.matchAll(/(?:href|src)="([^"]*)"/g)].every(([, url]) => url!.startsWith('https://'))).toBe(
      true,
    );
  });

  it('has tags that close in order', () => {
    expect(unclosed(pictured)).toEqual([]);
  });
});

describe('hostile text', () => {
  const tags = (text: string) => text.match(/<\/?[a-z][^\s>]*|<[^a-z/!]/gi);

  it('makes no tag and no attribute of its own', () => {
    const text = page(hostile(HOSTILE), { requests: hostileRequests(HOSTILE) });
    const plain = page(hostile('harmless'), { requests: hostileRequests('harmless') });
    expect(tags(text)).toEqual(tags(plain));
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u202e\uffff]/u);
    expect(unclosed(text)).toEqual([]);
  });

  it('is no address that is not of the web', () => {
    const finding = findingOn([3, 4], 3);
    const advice = { ...finding.advice, source: { title: 'x', url: 'javascript:alert(1)' } };
    const text = page(reportWith({ ...finding, advice }), { requests: EARLY });
    expect(text).not.toContain('javascript:');
  });

  it('in the path and the key of a request is text in the picture as well', async () => {
    await using mock = await createMock({ profile: 'prediction', clock: 'frozen' });
    const { port } = await mock.listen({ port: 0 });
    // No client that minds URLs would send it so.
    for (let i = 0; i < 64; i++) await get(port, `/v1/predictions/<img/onerror=alert(1)>"'&?q=${i}`);
    const text = page(mock.report({ ended: true }), { requests: mock.requests() });
    expect(text).toContain("/v1/predictions/&lt;img/onerror=alert(1)&gt;&quot;'&amp;");
    expect(text).toContain('<figure>');
    expect(text).not.toMatch(/<img|<script/);
    expect(unclosed(text)).toEqual([]);
  });
});

function get(port: number, path: string): Promise<void> {
  const headers = { authorization: 'Bearer sk_live_aaaabbbb', 'user-agent': '<script>alert(1)</script>' };
  return new Promise((resolve, reject) => {
    http.get({ port, path, headers }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}

/** Tags that are not closed where they should be. */
function unclosed(text: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  for (const [, close, name, self] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^">])*?(\/?)>/gi)) {
    if (self || ['meta', 'br'].includes(name!)) continue;
    if (close) {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> closes <${last}>`);
    } else open.push(name!);
  }
  return [...faults, ...open.map((name) => `<${name}> is open`)];
}
