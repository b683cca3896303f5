import { describe, expect, it } from 'vitest';
import { PROBLEM_JSON } from '../../src/http/web/problem-json.js';
import { createMock } from '../../src/mock.js';
import { reportOf } from '../../src/sandbox/verdict/report.js';
import { renderReport } from '../../src/verdict/render/index.js';
import { tinyControl } from './control-sandbox.js';

/** One that was refused four times without a pause. */
function hammered() {
  const control = tinyControl();
  for (let i = 0; i < 9; i++) control.send('/things');
  return control;
}

describe('GET /report', () => {
  it('is the report as JSON', async () => {
    const { ask, sandbox } = hammered();
    const { status, headers, body, text } = await ask('GET', '/report');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toEqual(JSON.parse(JSON.stringify(reportOf(sandbox))));
    expect(body).toMatchObject({
      requests: { judged: 9, lost: 0 },
      profiles: [{ profile: 'tiny', title: 'Tiny', figures: { requests: 9, admitted: 5, refused: 4 } }],
    });
    expect(text).not.toContain('tiny_live_aaaabbbb');
  });

  it.each([
    ['text', 'text/plain; charset=UTF-8'],
    ['markdown', 'text/markdown; charset=UTF-8'],
    ['html', 'text/html; charset=UTF-8'],
    ['junit', 'application/xml'],
    ['sarif', 'application/sarif+json'],
  ] as const)('is written as %s, with what was asked', async (format, type) => {
    const { ask, sandbox } = hammered();
    const { headers, text } = await ask('GET', `/report?format=${format}`, undefined, {
      headers: { accept: 'application/json' },
    });
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('cache-control')).toBe('no-store');
    const requests = sandbox.journal.entries();
    expect(text).toBe(renderReport(reportOf(sandbox), format, { requests }));
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['text/markdown', 'text/markdown'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/xml', 'application/xml'],
    ['application/sarif+json', 'application/sarif+json'],
    ['application/sarif+json;q=0.5, application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'application/json'],
  ])('is answered to Accept: %s as %s', async (accept, type) => {
    const { headers } = await hammered().ask('GET', '/report', undefined, { headers: { accept } });
    expect(headers.get('content-type')?.split(';')[0]).toBe(type);
  });

  it('takes what was not asked again for given up once all has ended, and fails for it when told to', async () => {
    await using mock = await createMock({ profile: 'prediction', clock: 'frozen' });
    for (let i = 0; i < 61; i++)
      await mock.fetch(`/v1/predictions/${i}`, { headers: { authorization: 'Bearer sk_live_aaaabbbb' } });
    const report = async (query: string) => (await mock.fetch(`/__mock429/report?format=junit${query}`)).text();
    expect(await report('&failOn=warn')).toContain('name="gave-up"/>');
    expect(await report('&ended=true')).toMatch(/name="gave-up">\s*<system-out>/);
    expect(await report('&ended=true&failOn=warn')).toMatch(/name="gave-up">\s*<failure/);
  });

  it('is about its own sandbox alone, and nothing at first', async () => {
    const { body } = await tinyControl().ask('GET', '/report');
    expect(body).toEqual({ verdict: 'pass', requests: { judged: 0, lost: 0 }, profiles: [] });
  });

  it.each([
    ['format=xml', 'bad-value', 'format', '"xml" is not a format; write text, markdown, html, junit, sarif or json'],
    ['ended=yes', 'bad-value', 'ended', '"yes" is neither true nor false; write ended=true, or leave it out'],
    ['failOn=all', 'bad-value', 'failOn', '"all" is neither error nor warn; write failOn=warn, or leave it out'],
    ['fail-on=warn', 'unknown-parameter', 'fail-on', 'unknown parameter "fail-on"; did you mean "failOn"?'],
  ])('refuses %s', async (query, code, field, detail) => {
    const { status, headers, body } = await tinyControl().ask('GET', `/report?${query}`);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe(PROBLEM_JSON);
    expect(body).toMatchObject({ code, field, detail });
  });
});
