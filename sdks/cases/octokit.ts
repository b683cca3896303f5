/**
 * Octokit against the profile of GitHub.
 * @module
 */
import type { SdkCase } from '../case.js';

/** @octokit/rest, alone and with the plugins for throttling and retries. */
export const octokit: SdkCase = {
  id: 'octokit',
  package: '@octokit/rest',
  with: ['@octokit/plugin-throttling', '@octokit/plugin-retry', '@octokit/core', '@octokit/graphql'],
  profile: 'github',
  says: 'Without plugins it throws at once, for a 403 or 429 and for an error in a GraphQL answer. With plugin-throttling it asks handlers, and then waits until one second after the reset, or as long as Retry-After says, or 60 s where a secondary limit tells nothing; it spaces writes by 1 s and searches by 2 s. plugin-retry alone retries a 429 after 1, 4 and 9 s, whatever it was told, and a 403 not at all.',
  source: '@octokit/plugin-throttling/dist-bundle/index.js, @octokit/plugin-retry/dist-bundle/index.js',
  runs: [
    {
      name: 'quick start',
      says: 'REST, pagination, GraphQL and GET /rate_limit work with nothing changed but baseUrl.',
      program: ['octokit.mjs', 'quickstart'],
      expect: {
        verdict: 'pass',
        prints: ['user octocat', 'issue 1347 Hello', 'issues 1', 'viewer octocat', 'left 4997 and 4999'],
        requests: 5,
      },
    },
    {
      name: 'the primary limit, without plugins',
      says: 'It throws and goes on with the next request.',
      program: ['octokit.mjs', 'plain'],
      options: ['--set', 'policies.core.quota=2', '--compress', '120'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['gave-up', 'retry-too-early'],
        prints: ['got 200', 'got 200', /^threw HttpError 403: API rate limit exceeded/, /^threw HttpError 403/],
        requests: 4,
      },
    },
    {
      name: 'the primary limit, with plugin-throttling',
      says: 'It waits for the reset.',
      program: ['octokit.mjs', 'throttled'],
      options: ['--set', 'policies.core.quota=2', '--compress', '400'],
      expect: {
        verdict: 'pass',
        prints: [
          'got 200',
          'got 200',
          'rate limit: GET /repos/{owner}/{repo}, retry after the reset',
          'got 200',
          'got 200',
        ],
        requests: [5, 6],
      },
    },
    {
      name: 'the primary limit with the status 429, with plugin-throttling',
      says: 'The status makes no difference.',
      program: ['octokit.mjs', 'throttled'],
      options: ['--set', 'policies.core.quota=2', '--compress', '400', '--variant', 'status-429'],
      expect: {
        verdict: 'pass',
        prints: [
          'got 200',
          'got 200',
          'rate limit: GET /repos/{owner}/{repo}, retry after the reset',
          'got 200',
          'got 200',
        ],
        requests: [5, 6],
      },
    },
    {
      name: 'the primary limit with the status 429, with plugin-retry alone',
      says: 'It comes back after 1 s and 4 s more, before the reset that it was told.',
      program: ['octokit.mjs', 'retried'],
      options: ['--set', 'policies.core.quota=2', '--compress', '400', '--variant', 'status-429'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['retry-too-early'],
        prints: ['got 200', 'got 200', 'got 200'],
        requests: [5, 6],
      },
    },
    {
      name: 'the limit of search, with plugin-throttling',
      says: 'It waits for the reset of the resource.',
      program: ['octokit.mjs', 'search'],
      options: ['--set', 'policies.search.quota=1', '--compress', '10'],
      expect: {
        verdict: 'pass',
        prints: ['found 1', /^rate limit: GET \/search\/issues/, 'found 1'],
        requests: 3,
      },
    },
    {
      name: 'a secondary limit, with plugin-throttling',
      says: 'Where the handler wants it, it waits as long as Retry-After says.',
      program: ['octokit.mjs', 'write', 'retry'],
      options: ['--set', 'policies.content-minute.quota=1', '--compress', '10'],
      expect: {
        verdict: 'pass',
        prints: [
          'created 201',
          /^secondary rate limit: POST .*, retry after \d s$/,
          'created 201',
          /^secondary/,
          'created 201',
        ],
        requests: 5,
      },
    },
    {
      name: 'a secondary limit that the handler does not retry',
      says: 'It throws, and the next writes come after 1 s each, where the provider asks for a minute.',
      program: ['octokit.mjs', 'write', 'many'],
      options: ['--set', 'policies.content-minute.quota=1', '--variant', 'no-retry-after'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['hammering'],
        prints: [
          'created 201',
          'secondary rate limit: POST /repos/{owner}/{repo}/issues, retry after 60 s',
          /^threw HttpError 403/,
        ],
        requests: 9,
      },
    },
    {
      name: 'the points of GraphQL, without plugins',
      says: 'It throws the error in the body, whose status is 200.',
      program: ['octokit.mjs', 'graphql', 'core'],
      options: ['--set', 'policies.graphql.quota=1', '--compress', '120'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['gave-up', 'retry-too-early'],
        prints: ['viewer octocat', /^threw GraphqlResponseError/, /already exceeded/],
        requests: 3,
      },
    },
    {
      name: 'the points of GraphQL, with plugin-throttling',
      says: 'It waits for the reset.',
      program: ['octokit.mjs', 'graphql'],
      options: ['--set', 'policies.graphql.quota=1', '--compress', '600'],
      expect: {
        verdict: 'pass',
        prints: ['viewer octocat', 'rate limit: POST /graphql, retry after the reset', 'viewer octocat'],
        requests: [4, 6],
      },
    },
  ],
};
