import { describe, expect, it } from 'vitest';
import { PROBLEM_JSON } from '../../src/http/web/problem-json.js';
import { tinyControl } from './control-sandbox.js';

describe('GET /explain', () => {
  it('tells as JSON why a request was refused', async () => {
    const { ask, send } = tinyControl();
    for (let i = 0; i < 6; i++) send('/things');
    const { status, body, text } = await ask('GET', '/explain?request=6');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      request: { id: '6', status: 429, admitted: false, refusedBy: 'key-minute' },
      summary: expect.stringMatching(
        /was refused by key-minute and answered 429 \(limited\): 5 of 5 requests were used/,
      ),
      policies: [
        {
          policy: 'key-minute',
          part: 'refused',
          evidence: { level: 'documented', source: 'limits' },
          source: { id: 'limits', title: 'Limits', url: 'https://tiny.example/docs/limits' },
        },
        { policy: 'running', part: 'not-applicable', source: null },
        { policy: 'money', part: 'not-applicable' },
      ],
    });
    expect(body.text).toContain(body.summary);
    expect(text).not.toContain('tiny_live_aaaabbbb');
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['text/plain, application/json;q=0.5', 'text/plain'],
    ['application/json, text/plain;q=0.5', 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'application/json'],
  ])('is answered to Accept: %s as %s', async (accept, type) => {
    const { ask, send, sandbox } = tinyControl();
    send('/things');
    const { headers, text } = await ask('GET', '/explain?request=1', undefined, { headers: { accept } });
    expect(headers.get('content-type')).toContain(type);
    if (type === 'text/plain') expect(text).toBe(sandbox.explain('1').text);
  });

  it.each([
    ['/explain?request=7', 404, 'unknown-request', 'request'],
    ['/explain', 400, 'missing-value', 'request'],
    ['/explain?request=1&as=text', 400, 'unknown-parameter', 'as'],
  ])('refuses %s', async (path, status, code, field) => {
    const reply = await tinyControl().ask('GET', path);
    expect(reply).toMatchObject({ status, body: { code, field } });
    expect(reply.headers.get('content-type')).toBe(PROBLEM_JSON);
  });
});
