/** @slack/web-api: the quick start, and what it does at a limit. */
import slackWebApi from '@slack/web-api';

const { LogLevel, WebClient } = slackWebApi;

const [what] = process.argv.slice(2);
const quiet = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
const token = process.env.SLACK_TOKEN ?? 'xoxb-1234567890-1234567890123-quickstart';
const client = (options = {}) => {
  const slack = new WebClient(token, { slackApiUrl: `${process.env.MOCK429_URL}/api/`, logger: quiet, ...options });
  slack.on('rate_limited', (seconds) => console.log(`rate limited for ${seconds} s`));
  return slack;
};
const told = (error) => console.log(`threw ${error.code}: ${error.message.replace(/ \(.*/, '')}`);

const programs = {
  async quickstart() {
    const slack = client();
    const { team } = await slack.auth.test();
    console.log(`team ${team}`);
    const { channels } = await slack.conversations.list({ limit: 200 });
    console.log(`channel ${channels[0].name}`);
    const { ok, channel } = await slack.chat.postMessage({ channel: 'C012AB3CD', text: 'Hello world' });
    console.log(`posted ${ok} to ${channel}`);
    for await (const page of slack.paginate('users.list', { limit: 100 }))
      console.log(`members ${page.members.length}`);
    await slack.chat.postMessage({ text: 'to nobody' }).catch((error) => console.log(`error ${error.data.error}`));
  },
  async post() {
    const slack = client();
    for (let i = 0; i < 2; i++) {
      const { ok } = await slack.chat.postMessage({ channel: 'C012AB3CD', text: `Message ${i}` });
      console.log(`posted ${ok}`);
    }
  },
  async together() {
    const slack = client();
    const posts = [0, 1].map((i) => slack.chat.postMessage({ channel: 'C012AB3CD', text: `Message ${i}` }));
    console.log(`posted ${(await Promise.all(posts)).filter(({ ok }) => ok).length}`);
  },
  async reject() {
    const slack = client({ rejectRateLimitedCalls: true });
    for (let i = 0; i < 2; i++)
      await slack.chat
        .postMessage({ channel: 'C012AB3CD', text: `Message ${i}` })
        .then(({ ok }) => console.log(`posted ${ok}`), told);
  },
};

await programs[what]();
