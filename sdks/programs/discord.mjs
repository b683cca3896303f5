// @discordjs/rest: the quick start, and what its limits do. `node discord.mjs start|channel|rename|global|reject|shared|webhook`
import { REST } from '@discordjs/rest';
import { Routes } from 'discord-api-types/v10';

const TOKEN = 'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs';
const open = (options = {}) =>
  new REST({ version: '10', api: `${process.env.MOCK429_URL}/api`, ...options }).setToken(TOKEN);
const [run] = process.argv.slice(2);
const OPTIONS = { reject: { rejectOnRateLimit: ['/channels'] }, shared: { invalidRequestWarningInterval: 1 } };
const rest = open(OPTIONS[run]);
rest.on('invalidRequestWarning', ({ count }) => console.log(`invalid requests by its count: ${count}`));
rest.on('rateLimited', ({ global, scope, sublimitTimeout }) =>
  console.log(`limited ${global ? 'global' : scope}${sublimitTimeout > 0 ? ', sublimit' : ''}`),
);
const many = (count, send) => Promise.all(Array.from({ length: count }, (_, i) => send(i)));

const runs = {
  async start() {
    const commands = await rest.put(Routes.applicationCommands('1000000000000000000'), {
      body: [{ name: 'ping', description: 'Replies with Pong!' }],
    });
    console.log(commands[0].name);
    const { username } = await rest.get(Routes.user());
    console.log(username);
    await rest.post(Routes.channelMessages('1'), { body: { content: 'Hello' } });
    await rest.delete(Routes.channelMessage('1', '7'));
    console.log('done');
  },
  async channel() {
    await many(8, (i) => rest.post(Routes.channelMessages('1'), { body: { content: `message ${i}` } }));
    console.log('sent 8');
  },
  async rename() {
    for (const name of ['one', 'two', 'three']) await rest.patch(Routes.channel('1'), { body: { name } });
    console.log('renamed 3 times');
  },
  async global() {
    // Another process with the same token, which the first knows nothing of.
    const other = open();
    await many(6, (i) => (i % 2 === 0 ? rest : other).get(Routes.channelMessages(`${i}`)));
    console.log('read 6');
  },
  async reject() {
    try {
      await many(8, (i) => rest.post(Routes.channelMessages('1'), { body: { content: `message ${i}` } }));
    } catch (error) {
      console.log(`${error.name} ${error.limit} ${error.scope}`);
    }
  },
  async shared() {
    for (const name of ['one', 'two'])
      await rest.post(Routes.guildEmojis('1'), { body: { name, image: 'data:image/png;base64,' } });
    console.log('made 2');
  },
  async webhook() {
    await rest
      .post(Routes.webhook('1', 'gone'), { body: { content: 'hi' }, auth: false })
      .catch((error) => console.log(`${error.name} ${error.status}`));
  },
};
await runs[run]();
process.exit(0);
