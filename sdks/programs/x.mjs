// twitter-api-v2: the quick start, and what its limits do. `node x.mjs start|limit|wait|day|cap`
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { ApiResponseError, EApiV2ErrorCode, TwitterApi } from 'twitter-api-v2';

// It has no option for its address, https://api.x.com: an agent leads the connections to the mock, which speaks HTTP.
const { hostname, port } = new URL(process.env.MOCK429_URL);
const httpAgent = new Agent();
httpAgent.createConnection = () => connect({ host: hostname, port: Number(port) });

const app = new TwitterApi('AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0', { httpAgent });
const user = new TwitterApi(
  { appKey: 'ck', appSecret: 'cs', accessToken: '7505382-abc', accessSecret: 'as' },
  { httpAgent },
);
const tell = async (promise) => {
  try {
    await promise;
    console.log('ok');
  } catch (error) {
    if (!(error instanceof ApiResponseError)) throw error;
    const { code, rateLimitError, rateLimit } = error;
    console.log(
      `${code} rateLimitError ${rateLimitError} remaining ${rateLimit?.remaining} day ${rateLimit?.userDay?.remaining}`,
    );
    return error;
  }
};

const runs = {
  async start() {
    const { data } = await user.v2.me();
    console.log(data.username);
    const posted = await user.v2.tweet('Hello world!');
    console.log(posted.data.id);
    const found = await app.v2.search('x', { max_results: 10 });
    console.log(`${found.tweets.length} found, ${found.rateLimit.remaining} left`);
    await tell(user.v2.like('2244994945', '1'));
  },
  async limit() {
    for (const name of ['a', 'b', 'c', 'd']) await tell(app.v2.userByUsername(name));
  },
  async wait() {
    for (const name of ['a', 'b', 'c', 'd']) {
      const error = await tell(app.v2.userByUsername(name));
      if (!error) continue;
      // As its documentation says: wait until rateLimit.reset, a Unix time in seconds.
      await new Promise((resolve) => setTimeout(resolve, error.rateLimit.reset * 1_000 - Date.now()));
      await tell(app.v2.userByUsername(name));
    }
  },
  async day() {
    for (let i = 0; i < 3; i++) await tell(user.v2.like('2244994945', '1'));
  },
  async cap() {
    await tell(app.v2.search('x', { max_results: 10 }));
    const error = await tell(app.v2.search('x', { max_results: 10 }));
    console.log(`known as the cap: ${error.hasErrorCode(EApiV2ErrorCode.RateLimitExceeded)}`);
  },
};
await runs[process.argv[2]]();
