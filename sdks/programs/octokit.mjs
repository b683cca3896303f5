/** Octokit: REST and GraphQL, with the plugins for throttling and retries. */
import { Octokit as Core } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit as Rest } from '@octokit/rest';

const [what, ...options] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const base = { auth: 'ghp_quickstart', baseUrl: process.env.MOCK429_URL, log: quiet };
const owner = 'octocat';
const repo = 'Hello-World';

/** The handlers of the plugin's README: retry twice, and log. */
const throttle = {
  onRateLimit(retryAfter, { method, url }, _octokit, retryCount) {
    console.log(`rate limit: ${method} ${url}, retry after ${retryAfter > 3 ? 'the reset' : `${retryAfter} s`}`);
    return retryCount < 2;
  },
  onSecondaryRateLimit(retryAfter, { method, url }, _octokit, retryCount) {
    console.log(`secondary rate limit: ${method} ${url}, retry after ${retryAfter} s`);
    return retryCount < 1 && options.includes('retry');
  },
};
const plain = () => new Rest(base);
const full = () => new (Rest.plugin(throttling, retry))({ ...base, throttle });

const programs = {
  async quickstart() {
    const octokit = plain();
    const { data: user } = await octokit.rest.users.getAuthenticated();
    console.log(`user ${user.login}`);
    const { data: issue } = await octokit.rest.issues.create({ owner, repo, title: 'Hello', body: 'World' });
    console.log(`issue ${issue.number} ${issue.title}`);
    const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { owner, repo, per_page: 100 });
    console.log(`issues ${issues.length}`);
    const { viewer } = await octokit.graphql('{ viewer { login } }');
    console.log(`viewer ${viewer.login}`);
    const { data: limits } = await octokit.rest.rateLimit.get();
    console.log(`left ${limits.resources.core.remaining} and ${limits.resources.graphql.remaining}`);
  },
  async plain() {
    await repeat(plain(), 4);
  },
  async throttled() {
    await repeat(full(), 4);
  },
  async search() {
    const octokit = full();
    for (let i = 0; i < 2; i++) {
      const { data } = await octokit.rest.search.issuesAndPullRequests({ q: `bug ${i}` });
      console.log(`found ${data.total_count}`);
    }
  },
  async write() {
    const octokit = full();
    for (let i = 0; i < (options.includes('many') ? 9 : 3); i++)
      await octokit.rest.issues
        .create({ owner, repo, title: `Issue ${i}` })
        .then(({ status }) => console.log(`created ${status}`), told);
  },
  async graphql() {
    const octokit = options.includes('core') ? new Core(base) : full();
    for (let i = 0; i < 3; i++)
      await octokit.graphql('{ viewer { login } }').then(({ viewer }) => console.log(`viewer ${viewer.login}`), told);
  },
  async retried() {
    await repeat(new (Rest.plugin(retry))(base), 3);
  },
};

async function repeat(octokit, times) {
  for (let i = 0; i < times; i++)
    await octokit.rest.repos
      .get({ owner, repo: `${repo}-${i}` })
      .then(({ status }) => console.log(`got ${status}`), told);
}

function told(error) {
  console.log(`threw ${error.name} ${error.status ?? ''}: ${error.message.split('.')[0].trim()}`);
}

await programs[what]();
