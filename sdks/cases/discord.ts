/** `@discordjs/rest`: keeps within what the headers tell, bucket by bucket. */
import type { SdkCase } from '../case.js';

/** Discord.js: its REST client. */
export const discord: SdkCase = {
  id: 'discord',
  package: '@discordjs/rest',
  profile: 'discord',
  says: 'Queues the requests of a bucket, by `X-RateLimit-Bucket` and the channel, guild or webhook, and holds them back until `X-RateLimit-Reset-After` once nothing is left, so it is not refused. A 429 it waits out by `Retry-After`, all requests if it is global, those of the same kind if no header announced it. With `rejectOnRateLimit` it throws `RateLimitError` in place of waiting. It adds 50 ms to each wait. It retries a 429 without end, and counts one with the scope `shared` as an invalid request, which the page says it is not.',
  source: 'dist/index.js, `SequentialHandler`',
  runs: [
    {
      name: 'quick start',
      says: 'registers a command, reads the bot, sends a message and deletes one',
      program: ['discord.mjs', 'start'],
      expect: { verdict: 'pass', prints: ['ping', 'Nelly', 'done'], requests: 4 },
    },
    {
      name: 'more messages than a channel takes',
      says: 'sends as many as are left, waits for the reset, sends the rest; none is refused',
      program: ['discord.mjs', 'channel'],
      options: ['--set', 'policies.messages.window.length=3s'],
      expect: { verdict: 'pass', prints: ['limited user', 'sent 8'], requests: 8 },
    },
    {
      name: 'a limit that no header tells',
      says: 'the third rename is refused; it waits as `Retry-After` says and renames',
      program: ['discord.mjs', 'rename'],
      options: ['--set', 'policies.channel-name.window.length=4s'],
      expect: { verdict: 'pass', prints: ['renamed 3 times'], requests: 4 },
    },
    {
      name: 'the global limit, shared with another process',
      says: 'each process counts its own 50 a second; what is refused above them waits with all requests of its process',
      program: ['discord.mjs', 'global'],
      options: ['--set', 'policies.global.quota=4', '--set', 'policies.global.window.length=3s'],
      expect: { verdict: 'pass', prints: [/^(?:limited global|read 6)$/, /^read 6$/], requests: [7, 9] },
    },
    {
      name: 'told not to wait',
      says: 'throws `RateLimitError` before it would be refused',
      program: ['discord.mjs', 'reject'],
      expect: { verdict: 'pass', prints: ['RateLimitError[/channels/1/messages] 5 user'], requests: 5 },
    },
    {
      name: 'a limit of a guild, shared by all bots',
      says: 'waits as `Retry-After` says; its `invalidRequestWarning` counts the refusal, while the API does not',
      program: ['discord.mjs', 'shared'],
      options: ['--set', 'policies.guild-emojis.quota=1', '--set', 'policies.guild-emojis.window.length=4s'],
      expect: { verdict: 'pass', prints: ['invalid requests by its count: 1', 'made 2'], requests: 3 },
    },
    {
      name: 'a webhook that is gone',
      says: 'throws at 404 and does not retry',
      program: ['discord.mjs', 'webhook'],
      expect: { verdict: 'pass', prints: ['DiscordAPIError[10015] 404'], requests: 1 },
    },
  ],
};
