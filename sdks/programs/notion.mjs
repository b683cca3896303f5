// @notionhq/client: the quick start, and what its limits do. `node notion.mjs start|limit|burst|blocked|capped`
import { Client } from '@notionhq/client';

const [run] = process.argv.slice(2);
const notion = new Client({
  auth: run === 'blocked' ? 'ntn_blocked' : 'ntn_secret',
  baseUrl: process.env.MOCK429_URL,
  logLevel: 'error',
  // The longest wait is a minute unless it is set; a second shows in a second what a minute shows in a minute.
  ...(run === 'capped' ? { retry: { maxRetryDelayMs: 1_000 } } : {}),
});
const tell = (promise) =>
  promise.then(
    ({ object }) => console.log(object),
    ({ code, status, additional_data }) => console.log(`${code} ${status} ${additional_data?.rate_limit_reason}`),
  );

const runs = {
  async start() {
    const { bot, type } = await notion.users.me({});
    console.log(`${type} ${bot.workspace_name}`);
    await tell(notion.search({ query: 'External tasks' }));
    await tell(
      notion.pages.create({
        parent: { page_id: 'p1' },
        properties: { title: { title: [{ text: { content: 'Tuscan kale' } }] } },
      }),
    );
    await tell(
      notion.blocks.children.append({
        block_id: 'b1',
        children: [
          {
            object: 'block',
            type: 'paragraph',
            paragraph: { rich_text: [{ type: 'text', text: { content: 'Kale' } }] },
          },
        ],
      }),
    );
  },
  async limit() {
    for (let i = 0; i < 5; i++) await tell(notion.users.me({}));
  },
  async burst() {
    await Promise.all(Array.from({ length: 6 }, () => tell(notion.users.me({}))));
  },
  async blocked() {
    await tell(notion.users.me({}));
  },
  async capped() {
    for (let i = 0; i < 2; i++) await tell(notion.users.me({}));
  },
};
await runs[run]();
