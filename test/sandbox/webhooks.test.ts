/** Webhooks that providers send: who receives which event, how it is signed, and when it is sent again. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DeliveryResult } from '../../src/sandbox/core.js';
import type { SandboxEvent } from '../../src/sandbox/events.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import { createArrival } from '../helpers/arrival.js';
import { loadedProvider } from '../helpers/providers.js';

const START = Date.parse('2026-05-12T08:00:00Z');
const LIVE = `ad_live_${'a'.repeat(32)}`;
const TEST = `ad_test_${'a'.repeat(32)}`;
const URL_OF_TEST = 'http://127.0.0.1:9/hooks';

interface Sent {
  readonly at: number;
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are read freely
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
}

function start(profile: string, { results = [] as DeliveryResult[], compress = 1 } = {}) {
  const sent: Sent[] = [];
  const events: SandboxEvent[] = [];
  const options = {
    providers: [loadedProvider(profile, { compress })],
    plans: {},
    clock: { frozen: true, now: START },
    log: () => {},
    deliver: async (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
      sent.push({ at: sandbox.clock.now() - START, url, body, headers });
      return results.shift() ?? { status: 200 };
    },
  };
  const sandbox = new Sandbox('', options);
  const call = (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
    const answer = sandbox.handle(profile, createArrival(method, path, headers, body), { onDone: () => {} });
    if (answer instanceof Promise) throw new Error('not delayed');
    // biome-ignore lint/suspicious/noExplicitAny: bodies are read freely
    return { status: answer.status, body: JSON.parse(String(answer.body ?? 'null')) as any };
  };
  return { sandbox, sent, events, call, options };
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const audit = { companyId: 'cmp_abc' };

describe('an event of a job', () => {
  it('is sent when the clock has reached the end, signed over the raw body', async () => {
    const { sandbox, sent, call } = start('full-domination');
    const { secret } = sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    call('POST', '/v1/audits', bearer(LIVE), audit);
    await sandbox.advanceClock(239_999);
    expect(sent).toEqual([]);
    await sandbox.advanceClock(1);
    expect(sent).toHaveLength(1);
    const { body, headers, at } = sent[0]!;
    expect(at).toBe(240_000);
    expect(body).toMatchObject({
      type: 'audit.completed',
      createdAt: '2026-05-12T08:04:00Z',
      organizationId: 'org_default',
      data: { companyId: 'cmp_abc', headlineScore: 78, dimensionScores: { coverage: 78 } },
    });
    expect(body.id).toMatch(/^evt_[0-9A-Z]{26}$/);
    const hmac = createHmac('sha256', secret!).update(JSON.stringify(body)).digest('hex');
    expect(headers).toEqual({ 'X-AID-Signature': `sha256=${hmac}` });
  });

  it('is not sent for an audit that fails, and not to those who want other events or are other accounts', async () => {
    const { sandbox, sent, call } = start('full-domination');
    sandbox.webhooks.addEndpoint({ url: `${URL_OF_TEST}/other-event`, events: ['content.created'] });
    sandbox.webhooks.addEndpoint({ url: `${URL_OF_TEST}/other-account`, account: 'acme' });
    sandbox.webhooks.addEndpoint({ url: `${URL_OF_TEST}/own`, account: 'default' });
    const { body } = call('POST', '/v1/audits', bearer(LIVE), audit);
    await sandbox.jobs.set(body.data.id, { state: 'failed' });
    expect(sent).toEqual([]);
    await sandbox.advanceClock('10m');
    call('POST', '/v1/audits', bearer(LIVE), audit);
    await sandbox.advanceClock('4m');
    expect(sent.map(({ url }) => url)).toEqual([`${URL_OF_TEST}/own`]);
  });

  it('is noticed though the endpoint came after the start, and at once where the job is ended', async () => {
    const { sandbox, sent, call } = start('full-domination');
    const { body } = call('POST', '/v1/audits', bearer(LIVE), audit);
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    await sandbox.jobs.set(body.data.id, { state: 'completed' });
    expect(sent.map(({ body }) => body.data.auditId)).toEqual([body.data.id]);
  });

  it('is not sent to an endpoint that is registered after the end, and is sent to one that is removed after it', async () => {
    const { sandbox, sent, call } = start('full-domination');
    call('POST', '/v1/audits', bearer(LIVE), audit);
    await sandbox.advanceClock('4m');
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    await sandbox.advanceClock('10m');
    expect(sent).toEqual([]);
    call('POST', '/v1/audits', bearer(LIVE), audit);
    await sandbox.advanceClock('4m');
    sandbox.webhooks.removeEndpoint();
    await sandbox.advanceClock('10m');
    expect(sent).toHaveLength(1);
  });

  it('is one for each draft of a batch', async () => {
    const { sandbox, sent, call } = start('full-domination');
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    const brief = { title: 'Crowns', targetPrompt: 'how long', outlineAngle: 'years' };
    call('POST', '/v1/content/draft', bearer(LIVE), { briefs: [brief, brief] });
    await sandbox.advanceClock('1m');
    expect(sent.map(({ body }) => body.type)).toEqual(['content.created', 'content.created']);
  });

  it('takes no id where there is no endpoint', async () => {
    const with_ = start('full-domination');
    const without = start('full-domination');
    for (const { call, sandbox } of [with_, without]) {
      call('POST', '/v1/audits', bearer(LIVE), audit);
      await sandbox.advanceClock('4m');
    }
    expect(with_.call('POST', '/v1/audits', bearer(LIVE), { companyId: 'cmp_def' }).body.data.id).toBe(
      without.call('POST', '/v1/audits', bearer(LIVE), { companyId: 'cmp_def' }).body.data.id,
    );
    expect(without.sandbox.webhooks.deliveries()).toEqual([]);
  });
});

describe('a delivery that fails', () => {
  it('is sent again after the waits of the profile, also when the clock passes them in one step', async () => {
    const results: DeliveryResult[] = [{ status: 500 }, { failed: 'ECONNREFUSED' }, { status: 204 }];
    const { sandbox, sent } = start('full-domination', { results });
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    const seen: unknown[] = [];
    sandbox.events.on('webhook', ({ at, data }) => {
      const next = data.nextAt === null ? null : data.nextAt - START;
      seen.push([at - START, data.attempt, data.status, data.error, data.state, next]);
    });
    await sandbox.webhooks.send({ type: 'content.published' });
    expect(sent).toHaveLength(1);
    await sandbox.advanceClock(59_999);
    expect(sent).toHaveLength(1);
    await sandbox.advanceClock('1d');
    expect(seen).toEqual([
      [0, 1, 500, null, 'pending', 60_000],
      [60_000, 2, null, 'ECONNREFUSED', 'pending', 360_000],
      [360_000, 3, 204, null, 'delivered', null],
    ]);
    expect(new Set(sent.map(({ body }) => body.id)).size).toBe(1);
    expect(sandbox.counts).toMatchObject({ delivered: 1, undelivered: 0, requests: 0 });
  });

  it('is given up after the last of them', async () => {
    const results = Array.from({ length: 9 }, (): DeliveryResult => ({ status: 302 }));
    const { sandbox, sent } = start('full-domination', { results });
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    await sandbox.webhooks.send({ type: 'content.published' });
    await sandbox.advanceClock('30d');
    expect(sent).toHaveLength(6);
    expect(sandbox.webhooks.deliveries()).toMatchObject([
      { state: 'failed', attempts: 6, status: 302, sentAt: '2026-05-12T22:36:00.000Z', nextAt: null },
    ]);
    expect(sandbox.counts).toMatchObject({ delivered: 0, undelivered: 1 });
  });

  it('is not sent again where the target is not allowed, or the profile has no retries', async () => {
    const refused = start('full-domination', { results: [{ failed: 'not this machine', isFinal: true }] });
    refused.sandbox.webhooks.addEndpoint({ url: 'https://hooks.example.com/secret?x=1' });
    await refused.sandbox.webhooks.send({ type: 'content.published' });
    const once = start('klinky', { results: [{ status: 500 }] });
    once.sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    await once.sandbox.webhooks.send({ type: 'link.clicked' });
    for (const { sandbox, sent } of [refused, once]) {
      await sandbox.advanceClock('30d');
      expect(sent).toHaveLength(1);
      expect(sandbox.webhooks.deliveries()).toMatchObject([{ state: 'failed', attempts: 1 }]);
    }
    expect(refused.sandbox.webhooks.deliveries()[0]!.url).toBe('https://hooks.example.com/…');
  });

  it('waits less where durations are compressed', async () => {
    const { sandbox, sent } = start('full-domination', { results: [{ status: 500 }], compress: 60 });
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    await sandbox.webhooks.send({ type: 'content.published' });
    await sandbox.advanceClock(1_000);
    expect(sent).toHaveLength(2);
  });

  it('is dropped by a reset, which keeps endpoints unless it is one of accounts too', async () => {
    const { sandbox, sent } = start('full-domination', { results: [{ status: 500 }] });
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    await sandbox.webhooks.send({ type: 'content.published' });
    sandbox.reset();
    await sandbox.advanceClock('1d');
    expect(sent).toHaveLength(1);
    expect(sandbox.webhooks.endpoints()).toHaveLength(1);
    sandbox.reset({ accounts: true });
    expect(sandbox.webhooks.endpoints()).toEqual([]);
  });

  it('goes on after a restored snapshot', async () => {
    const { sandbox, options } = start('full-domination', { results: [{ status: 500 }] });
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST, secret: 'whsec_1' });
    await sandbox.webhooks.send({ type: 'content.published', data: { contentId: 'cnt_9' } });
    const saved = JSON.parse(JSON.stringify(sandbox.snapshot()));
    const sent: unknown[] = [];
    const other = new Sandbox('', {
      ...options,
      deliver: async (_url, body) => {
        sent.push((body as Sent['body']).data);
        return { status: 200 };
      },
    });
    other.restore(saved, (fault) => fault as never);
    expect(JSON.parse(JSON.stringify(other.snapshot()))).toEqual(saved);
    await other.advanceClock('1m');
    expect(sent).toEqual([{ contentId: 'cnt_9' }]);
    expect(other.webhooks.addEndpoint({ url: URL_OF_TEST }).id).toBe('endpoint-2');
  });
});

describe('an event of an operation', () => {
  it('waits for the clock, tells the answer, and counts against no limit', async () => {
    const { sandbox, sent, call } = start('klinky');
    sandbox.webhooks.addEndpoint({ url: URL_OF_TEST });
    const variants = ['a', 'b'].map((label) => ({ label, destination_url: 'https://example.com/', weight: 50 }));
    const made = call('POST', '/api/v1/public/links', { 'x-api-key': 'klinky_live_a' }, { name: 'Test', variants });
    const refused = call('POST', '/api/v1/public/links', { 'x-api-key': 'klinky_live_a' }, { name: 'Test' });
    expect([made.status, refused.status, sent.length]).toEqual([201, 422, 0]);
    await sandbox.advanceClock(1);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ body: { event: 'link.created', data: made.body }, headers: {} });
    expect(sandbox.quotas()).toMatchObject([{ policy: 'account-hour', used: 2 }]);
  });
});

describe('an endpoint that was registered over the API', () => {
  it('gets the predictions of its account', async () => {
    const { sandbox, sent, call } = start('prediction');
    const headers = { authorization: 'Bearer sk_live_a' };
    const path = '/v1/black-forest-labs/flux-kontext-max/predictions';
    const { body } = call('POST', path, headers, { input: { prompt: 'A garden' } });
    expect(call('POST', '/v1/webhooks', headers, { url: URL_OF_TEST }).status).toBe(201);
    await sandbox.advanceClock('10s');
    expect(sent).toMatchObject([{ url: URL_OF_TEST, body: { job_id: body.job_id, status: 'succeeded' }, headers: {} }]);
  });

  it('does not get those that had ended before', async () => {
    const { sandbox, sent, call } = start('prediction');
    const headers = { authorization: 'Bearer sk_live_a' };
    const path = '/v1/black-forest-labs/flux-kontext-max/predictions';
    call('POST', path, headers, { input: { prompt: 'A garden' } });
    await sandbox.advanceClock('10m');
    expect(call('POST', '/v1/webhooks', headers, { url: URL_OF_TEST }).status).toBe(201);
    await sandbox.advanceClock('10m');
    expect(sent).toEqual([]);
  });
});

describe('a registration', () => {
  const { sandbox } = start('full-domination');

  it.each([
    [{ url: 'ftp://127.0.0.1/' }, 'bad-url'],
    [{ url: 'http://user:pw@127.0.0.1/' }, 'bad-url'],
    [{ url: 'http://127.0.0.1/a b' }, 'bad-url'],
    [{ url: ' http://127.0.0.1/' }, 'bad-url'],
    [{ url: 'http://127.0.0.1/%0d' }, 'bad-url'],
    [{ url: URL_OF_TEST, events: ['audit.complete'] }, 'unknown-event'],
    [{ url: URL_OF_TEST, profile: 'klinky' }, 'unknown-profile'],
  ])('of %j is refused as %s', (input, code) => {
    expect(() => sandbox.webhooks.addEndpoint(input)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused where a profile sends none', () => {
    expect(() => start('aiclicks').sandbox.webhooks.addEndpoint({ url: URL_OF_TEST })).toThrow(
      expect.objectContaining({ code: 'no-profile' }),
    );
  });
});

describe('the audit log', () => {
  const read = (call: ReturnType<typeof start>['call']) =>
    call('GET', '/v1/audit-log?limit=100', bearer(TEST)).body.data as {
      metadata: { path?: string };
      actorId: string;
    }[];

  it('grows with the calls of live tokens and stays still for test tokens', () => {
    const { sandbox, call } = start('full-domination');
    const before = read(call).length;
    call('GET', '/v1/audits', bearer(TEST));
    expect(read(call)).toHaveLength(before);
    call('GET', '/v1/audits', bearer(LIVE));
    call('GET', '/v1/nowhere', bearer(LIVE));
    const log = read(call);
    expect(log).toHaveLength(before + 2);
    expect(log.map(({ metadata }) => metadata.path)).toEqual(expect.arrayContaining(['/v1/audits', '/v1/nowhere']));
    expect(JSON.stringify(log)).not.toContain(LIVE);
    sandbox.journal.clear();
    expect(read(call)).toHaveLength(before + 2);
    const saved = JSON.parse(JSON.stringify(sandbox.snapshot({ journal: true })));
    sandbox.reset();
    expect(read(call)).toHaveLength(before);
    sandbox.restore(saved, (fault) => fault as never);
    expect(read(call)).toHaveLength(before + 2);
  });

  it('is in a snapshot, though to take one changes nothing', () => {
    const taken = start('full-domination');
    const other = start('full-domination');
    for (const { call } of [taken, other]) call('GET', '/v1/nowhere', bearer(LIVE));
    const first = taken.sandbox.snapshot({ journal: true });
    expect(JSON.stringify(first.profiles['full-domination']!.resources.collections)).toContain('/v1/nowhere');
    expect(taken.sandbox.snapshot({ journal: true })).toEqual(first);
    for (const path of ['/v1/audits/aud_none', '/v1/audit-log?limit=100'])
      expect(taken.call('GET', path, bearer(LIVE))).toEqual(other.call('GET', path, bearer(LIVE)));
    expect(taken.sandbox.snapshot()).toEqual(other.sandbox.snapshot());
  });
});
