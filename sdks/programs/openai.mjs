// openai: the quick start, streams, and what limits do. `node openai.mjs start|stream|left|limit|message|tokens|quota|patient`
import OpenAI from 'openai';

const { MOCK429_URL } = process.env;
const client = (more = {}) => new OpenAI({ apiKey: 'sk-a', baseURL: `${MOCK429_URL}/v1`, ...more });
const ask = (openai, more = {}, options = {}) =>
  openai.chat.completions.create(
    { model: 'gpt-4o', messages: [{ role: 'user', content: 'Say hello' }], max_tokens: 20, ...more },
    options,
  );
const tell = (promise) =>
  promise.then(
    ({ choices }) => console.log(`answer ${choices[0].finish_reason}`),
    (error) => console.log(`${error.constructor.name} ${error.status} ${error.code} ${error.type}`),
  );

const runs = {
  async start() {
    const openai = client();
    const response = await openai.responses.create({ model: 'gpt-5', input: 'Say hello' });
    console.log(response.output_text);
    const completion = await ask(openai);
    console.log(`${completion.choices[0].message.content} ${completion.usage.total_tokens}`);
    const { data } = await openai.embeddings.create({ model: 'text-embedding-3-small', input: 'hello' });
    console.log(`${data[0].embedding.length} numbers`);
    for await (const { id } of openai.models.list()) console.log(id);
  },
  async stream() {
    const openai = client();
    let text = '';
    for await (const { choices, usage } of await ask(openai, { stream: true, stream_options: { include_usage: true } }))
      if (usage) console.log(`${usage.completion_tokens} tokens: ${text}`);
      else text += choices[0]?.delta?.content ?? '';
    const events = new Map();
    for await (const { type } of await openai.responses.create({ model: 'gpt-5', input: 'Hi', stream: true }))
      events.set(type, (events.get(type) ?? 0) + 1);
    console.log([...events].map(([type, count]) => `${count} ${type}`).join(', '));
  },
  async left() {
    const stream = await ask(client(), { stream: true });
    for await (const { choices } of stream) if (choices[0].delta.content) break;
    console.log('left');
  },
  async limit() {
    const openai = client();
    for (let i = 0; i < 4; i++) await tell(ask(openai));
  },
  async quota() {
    await tell(ask(client({ apiKey: 'sk-no-credits' })));
  },
  async large() {
    await tell(ask(client(), { max_tokens: 30_001 }));
  },
};
await runs[process.argv[2]]();
