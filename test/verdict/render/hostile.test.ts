/**
 * Text from outside (paths, credentials, titles of pages) is in reports what it is, and nothing else: no markup, no link, no line of its own.
 */
import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { createMock } from '../../../src/mock.js';
import { renderReport } from '../../../src/verdict/render/index.js';
import { HOSTILE, hostile, hostileRequests } from './reports.js';
import { faultsOfJunit, faultsOfSarif } from './schemas.js';

const report = hostile(HOSTILE);
const harmless = hostile('harmless');
const options = { requests: hostileRequests(HOSTILE) };
const harmlessOptions = { requests: hostileRequests('harmless') };

const UNFIT = /[\p{Cc}\p{Cs}\u2028\u202e\uffff]/u;

function linesOf(text: string): string[] {
  return text.split('\n');
}

describe('hostile text', () => {
  it('makes no line of its own and steers no terminal (text)', () => {
    const lines = linesOf(renderReport(report, 'text', options));
    expect(lines).toHaveLength(linesOf(renderReport(harmless, 'text', harmlessOptions)).length);
    expect(lines.filter((line) => UNFIT.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('| a␊b␍␉c ␛[31m');
  });

  it('makes no line, cell, tag or link of its own (markdown)', () => {
    const text = renderReport(report, 'markdown', options);
    const lines = linesOf(text);
    const plain = linesOf(renderReport(harmless, 'markdown', harmlessOptions));
    expect(lines).toHaveLength(plain.length);
    const cells = (line: string) => line.match(/(?<!\\)\|/g)?.length ?? 0;
    expect(lines.map(cells)).toEqual(plain.map(cells));
    expect(lines.filter((line) => UNFIT.test(line))).toEqual([]);
    // The tags and links that are left are the format's own.
    expect([...new Set(text.match(/<[^>]*>/g))].sort()).toEqual(
      ['<br>', '</details>', '</summary>', '<details>', '<summary>'].sort(),
    );
    expect(new Set([...text.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].map(([, target]) => target))).toEqual(
      new Set(['https://shop.example/%3Cscript%3E%7C%22%28a%29%20b']),
    );
    expect(text).not.toMatch(/(?<!\]\()https:\/\/|www\.(?!\\)evil/);
    expect(text).not.toMatch(/(?<!\\)[`$]/);
  });

  it('is XML, and the same text once it has been read (junit)', async () => {
    const text = renderReport(report, 'junit', { ...options, failOn: 'warn' });
    expect(await faultsOfJunit(text)).toEqual([]);
    expect(text).not.toMatch(/<script|]]>|<!--/);
    expect(linesOf(text)).toHaveLength(
      linesOf(renderReport(harmless, 'junit', { ...harmlessOptions, failOn: 'warn' })).length,
    );
    const read = /message="([^"]*)"/
      .exec(text)![1]!
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
    expect(read).toMatch(/^<script>alert\(1\)<\/script> \| a␊b␍␉c ␛\[31m "q" 'q' ]]> <!-- & &amp; /);
  });

  it('is no link, no argument and no HTML (sarif)', () => {
    const log = JSON.parse(renderReport(report, 'sarif', options));
    expect(faultsOfSarif(log)).toEqual([]);
    const [run] = log.runs;
    for (const { message } of run.results) {
      expect(message.text).toContain('{{0}}');
      expect(message.text).not.toContain('](');
      expect(message.text).not.toMatch(UNFIT);
    }
    for (const { help, helpUri } of run.tool.driver.rules) {
      expect(helpUri).toBe('https://shop.example/%3Cscript%3E%7C%22%28a%29%20b');
      expect(help.markdown).not.toMatch(/<|(?<!\\)`/);
    }
  });

  it('is the same text once it has been read (json)', () => {
    expect(JSON.parse(renderReport(report, 'json', options))).toEqual(report);
  });

  it('has no address that is not of the web', () => {
    const [profile] = harmless.profiles;
    const advice = { ...profile!.findings[0]!.advice, source: { title: 'x', url: 'javascript:alert(1)' } };
    const scripted = {
      ...harmless,
      profiles: [
        {
          ...profile!,
          checks: profile!.checks.map((check) => ({ ...check, advice })),
          findings: profile!.findings.map((finding) => ({ ...finding, advice })),
        },
      ],
    };
    expect(renderReport(scripted, 'markdown')).not.toContain('javascript:');
    expect(renderReport(scripted, 'sarif')).not.toContain('javascript:');
  });
});

describe('a hostile journal', async () => {
  // No client that minds URLs would send it so.
  const path = `/v1/predictions/<script>|%0a"]]>&'x'`;
  await using mock = await createMock({ profile: 'prediction', clock: 'frozen' });
  const { port } = await mock.listen({ port: 0 });
  for (let i = 0; i < 64; i++) await get(port, `${path}?q=${i}`);
  const report = mock.report({ ended: true });
  const options = { requests: mock.requests() };

  it('has findings that show its paths', () => {
    expect(report.profiles[0]!.findings.map(({ check }) => check)).toContain('hammering');
    expect(renderReport(report, 'text', options)).toContain(`GET ${path}`);
  });

  it('is written as what each format takes', async () => {
    expect(renderReport(report, 'markdown', options)).toContain(
      `GET /v1/predictions/&lt;script&gt;\\|%0a"\\]\\]&gt;&amp;'x'`,
    );
    const junit = renderReport(report, 'junit', options);
    expect(junit).toContain(`GET /v1/predictions/&lt;script&gt;|%0a&quot;]]&gt;&amp;'x'`);
    expect(await faultsOfJunit(junit)).toEqual([]);
    const log = JSON.parse(renderReport(report, 'sarif', options));
    expect(faultsOfSarif(log)).toEqual([]);
    expect(log.runs[0].results[0].properties.asked[0]).toContain(`GET ${path}`);
  });
});

function get(port: number, path: string): Promise<void> {
  const headers = { authorization: 'Bearer sk_live_aaaabbbb' };
  return new Promise((resolve, reject) => {
    http
      .get({ port, path, headers }, (response) => {
        response.resume().on('end', resolve).on('error', reject);
      })
      .on('error', reject);
  });
}
