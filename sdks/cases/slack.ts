/**
 * @slack/web-api against the profile of Slack.
 * @module
 */
import type { SdkCase } from '../case.js';

/** Slack's client of the Web API. */
export const slack: SdkCase = {
  id: 'slack',
  package: '@slack/web-api',
  profile: 'slack',
  says: 'At a 429 it holds back all its requests for as long as Retry-After says, though the limit is of one method, and then waits 1 to 2 s more before the retry, since its own back-off comes on top. With rejectRateLimitedCalls it throws at once. An error rate_limited in the body with the status 200 is thrown, and not retried.',
  source: '@slack/web-api/dist/WebClient.js (makeRequest), dist/retry-policies.js',
  runs: [
    {
      name: 'quick start',
      says: 'Forms, pagination and errors in bodies work with nothing changed but slackApiUrl.',
      program: ['slack.mjs', 'quickstart'],
      options: ['--set', 'policies.channel-second.quota=5'],
      expect: {
        verdict: 'pass',
        prints: [
          'team Subarachnoid Workspace',
          'channel general',
          'posted true to C012AB3CD',
          'members 1',
          'error channel_not_found',
        ],
        requests: 5,
      },
    },
    {
      name: 'posting too fast',
      says: 'It waits, longer than it was told.',
      program: ['slack.mjs', 'post'],
      options: ['--set', 'policies.channel-second.window.length=5s'],
      expect: { verdict: 'pass', prints: ['posted true', /^rate limited for [45] s$/, 'posted true'], requests: 3 },
    },
    {
      name: 'posting two at once',
      says: 'The one that was refused waits.',
      program: ['slack.mjs', 'together'],
      options: ['--set', 'policies.channel-second.window.length=5s'],
      expect: { verdict: 'pass', prints: [/^rate limited for [45] s$/, 'posted 2'], requests: 3 },
    },
    {
      name: 'posting too fast, with rejectRateLimitedCalls',
      says: 'It throws.',
      program: ['slack.mjs', 'reject'],
      options: ['--set', 'policies.channel-second.window.length=20s'],
      expect: {
        verdict: 'pass',
        prints: ['posted true', /^rate limited for \d+ s$/, /^threw slack_webapi_rate_limited_error/],
        requests: 2,
      },
    },
    {
      name: 'posting too fast, told in the body',
      says: 'It throws, although Retry-After is there.',
      program: ['slack.mjs', 'reject'],
      options: ['--variant', 'posting-in-body', '--set', 'policies.channel-second.window.length=20s'],
      expect: {
        verdict: 'pass',
        prints: ['posted true', 'threw slack_webapi_platform_error: An API error occurred: rate_limited'],
        requests: 2,
      },
    },
  ],
};
