/**
 * Libraries with their own retries, as they come or with the settings that are named. `library`; `settings`; `requests` (1), one after another or, with `together`, at once.
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { base, headers, options, path, range, ready, withQuery } from './client.mjs';

const { library, settings = {}, requests = 1, together = false } = options;

class Failure extends Error {
  constructor(response) {
    super(`${response.status}`);
    this.retryAfter = Number(response.headers.get('Retry-After') ?? 0);
  }
}

async function checked(url) {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  if (!response.ok) throw new Failure(response);
}

const MAKERS = {
  async ky() {
    const { default: ky } = await import('ky');
    const api = ky.create({ timeout: false, headers, ...settings });
    return (url) => api(url).text();
  },
  async got() {
    const { default: got } = await import('got');
    const api = got.extend({ headers, ...settings });
    return (url) => api(url).text();
  },
  async axios() {
    const [{ default: axios }, { default: axiosRetry }] = await Promise.all([import('axios'), import('axios-retry')]);
    const { exponential, ...rest } = settings;
    axiosRetry(axios, { retries: 3, ...(exponential && { retryDelay: axiosRetry.exponentialDelay }), ...rest });
    return (url) => axios(url, { headers });
  },
  async undici() {
    const { Agent, RetryAgent } = await import('undici');
    const agent = new RetryAgent(new Agent(), settings);
    return async (url) => {
      const { origin, pathname, search } = new URL(url);
      const answer = await agent.request({ origin, path: pathname + search, method: 'GET', headers });
      return answer.body.text();
    };
  },
  async 'p-retry'() {
    const { default: pRetry } = await import('p-retry');
    const { told = false, ...rest } = settings;
    const onFailedAttempt = told ? ({ error }) => delay((error.retryAfter ?? 0) * 1_000) : () => {};
    return (url) => pRetry(() => checked(url), { ...rest, onFailedAttempt });
  },
  async bottleneck() {
    const { default: Bottleneck } = await import('bottleneck');
    const limiter = new Bottleneck();
    // As its documentation has it.
    limiter.on('failed', (_error, { retryCount }) => (retryCount < (settings.retries ?? 1) ? 25 : undefined));
    return (url) => limiter.schedule(() => checked(url));
  },
};

const send = await MAKERS[library]();
await ready();
const one = (n) =>
  send(base + (requests > 1 ? withQuery(path, `page=${n}`) : path)).catch(({ message }) => console.log(message));
if (together) await Promise.all(range(requests).map(one));
else for (const n of range(requests)) await one(n);
process.exit(0);
