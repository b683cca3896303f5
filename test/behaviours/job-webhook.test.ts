/** What is told of a job's end: once, when it comes, as it stands then. */

import { describe, expect, it } from 'vitest';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import { loadedProvider } from '../helpers/providers.js';

const KEY = 'Bearer sk_live_a';

function start() {
  const sent: { url: string; body: unknown; at: number }[] = [];
  const sandbox = new Sandbox('', {
    providers: [loadedProvider('prediction')],
    plans: {},
    clock: { frozen: true, now: Date.parse('2024-01-15T10:30:00Z') },
    log: () => {},
    deliver: async (url, body) => {
      sent.push({ url, body, at: sandbox.clock.now() - Date.parse('2024-01-15T10:30:00Z') });
      return { status: 200 };
    },
  });
  const post = (path: string, body: unknown = {}) => {
    const headers: Record<string, string> = { authorization: KEY, 'content-type': 'application/json' };
    const answer = sandbox.handle(
      'prediction',
      {
        method: 'POST',
        path,
        rawQuery: '',
        header: (name) => headers[name.toLowerCase()],
        ip: '',
        body: ReceivedBody.of(JSON.stringify(body)),
      },
      { onDone: () => {} },
    ) as Answer;
    return JSON.parse(String(answer.body));
  };
  return { sandbox, sent, post };
}

const create = (webhook: string) => ({ input: { prompt: 'A serene Japanese garden' }, webhook });
const PATH = '/v1/black-forest-labs/flux-kontext-max/predictions';

describe('a webhook', () => {
  it('gets the finished prediction at the moment of its end, and once', async () => {
    const { sandbox, sent, post } = start();
    const { job_id } = post(PATH, create('http://127.0.0.1:9/done'));
    await sandbox.advanceClock(9_999);
    expect(sent).toEqual([]);
    await sandbox.advanceClock(60_000);
    expect(sent).toEqual([
      {
        url: 'http://127.0.0.1:9/done',
        at: 10_000,
        body: {
          job_id,
          status: 'succeeded',
          model: 'flux-kontext-max',
          created_at: '2024-01-15T10:30:00Z',
          completed_at: '2024-01-15T10:30:10Z',
          output: [`https://cdn.deepcreativelabs.com/outputs/${job_id}.png`],
          metrics: { predict_time: 10 },
        },
      },
    ]);
  });

  it('is told of a cancellation then and there, and not again', async () => {
    const { sandbox, sent, post } = start();
    const { job_id } = post(PATH, create('http://127.0.0.1:9/done'));
    await sandbox.advanceClock(4_000);
    post(`/v1/predictions/${job_id}/cancel`);
    await sandbox.advanceClock(0);
    expect(sent.map(({ at, body }) => [at, (body as { status: string }).status])).toEqual([[4_000, 'canceled']]);
    await sandbox.advanceClock(60_000);
    expect(sent).toHaveLength(1);
  });

  it('belongs to one prediction of a batch', async () => {
    const { sandbox, sent, post } = start();
    const entry = { owner: 'google', model: 'nano-banana', input: {} };
    const { predictions } = post('/v1/predictions/batch', {
      predictions: [entry, { ...entry, webhook: 'http://127.0.0.1:9/second' }],
    });
    await sandbox.advanceClock(10_000);
    expect(sent.map(({ url, body }) => [url, (body as { job_id: string }).job_id])).toEqual([
      ['http://127.0.0.1:9/second', predictions[1].job_id],
    ]);
  });

  it('is forgotten by a reset, and where nothing was created', async () => {
    const { sandbox, sent, post } = start();
    post(PATH, create('http://127.0.0.1:9/done'));
    sandbox.reset();
    post(PATH.replace('flux-kontext-max', 'unknown-model'), create('http://127.0.0.1:9/never'));
    await sandbox.advanceClock(60_000);
    expect(sent).toEqual([]);
  });
});
