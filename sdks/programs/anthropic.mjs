// @anthropic-ai/sdk: the quick start, streams, and what limits do. `node anthropic.mjs start|bearer|stream|left|limit|output|spend|overloaded`
import Anthropic from '@anthropic-ai/sdk';

const { MOCK429_URL } = process.env;
const client = (more = {}) => new Anthropic({ apiKey: 'sk-ant-a', authToken: null, baseURL: MOCK429_URL, ...more });
const asked = { model: 'claude-sonnet-5', max_tokens: 100, messages: [{ role: 'user', content: 'Say hello' }] };
const tell = (promise) =>
  promise.then(
    ({ content, stop_reason }) => console.log(`${content[0].type} ${stop_reason}`),
    (error) => console.log(`${error.constructor.name} ${error.status} ${error.error?.error?.type}`),
  );
/** Has the mock answer the next requests in another way. */
const fault = (body) =>
  fetch(`${MOCK429_URL}/__mock429/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const runs = {
  async start() {
    const anthropic = client();
    const message = await anthropic.messages.create(asked);
    console.log(`${message.content[0].text} ${message.usage.output_tokens}`);
    const { input_tokens } = await anthropic.messages.countTokens({ model: asked.model, messages: asked.messages });
    console.log(`${input_tokens} tokens`);
    for await (const { id } of anthropic.models.list()) console.log(id);
    const batch = await anthropic.messages.batches.create({ requests: [{ custom_id: 'one', params: asked }] });
    console.log(`${batch.type} ${batch.processing_status} ${batch.request_counts.processing}`);
  },
  async bearer() {
    await tell(client({ apiKey: null, authToken: 'sk-ant-a' }).messages.create(asked));
  },
  async stream() {
    const stream = client().messages.stream(asked);
    let text = '';
    stream.on('text', (delta) => {
      text += delta;
    });
    const message = await stream.finalMessage();
    console.log(`${message.stop_reason} ${message.usage.output_tokens}: ${text}`);
  },
  async left() {
    for await (const { type } of await client().messages.create({ ...asked, stream: true }))
      if (type === 'content_block_delta') break;
    console.log('left');
  },
  async limit() {
    const anthropic = client();
    for (let i = 0; i < 4; i++) await tell(anthropic.messages.create(asked));
  },
  async overloaded() {
    await fault({ status: 529, times: 2 });
    await tell(client().messages.create(asked));
    await fault({ status: 529, times: 3 });
    await tell(client().messages.create(asked));
  },
};
await runs[process.argv[2]]();
