// @microsoft/microsoft-graph-client: the quick start, and what limits do. `node microsoft-graph.mjs start|limit|notes|batch|unavailable`
import { Client } from '@microsoft/microsoft-graph-client';

const { MOCK429_URL } = process.env;
const send = globalThis.fetch;
/** The client sends its token to https addresses of Microsoft only, so it keeps its base URL, and `fetch` leads to the mock. */
globalThis.fetch = (url, init) => send(String(url).replace('https://graph.microsoft.com', MOCK429_URL), init);
const client = Client.init({ authProvider: (done) => done(null, 'graph_app-1_contoso_ada') });
const tell = (promise) =>
  promise.then(
    (body) => console.log(body.displayName ?? `${body.value.length} items`),
    ({ statusCode, code }) => console.log(`error ${statusCode} ${code}`),
  );
/** Has the mock answer the next requests in another way. */
const fault = (body) =>
  fetch(`${MOCK429_URL}/__mock429/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const runs = {
  async start() {
    await tell(client.api('/me').get());
    await tell(client.api('/users').select('id,displayName').top(5).get());
    await tell(client.api('/me/messages').get());
    await client.api('/me/sendMail').post({ message: { subject: 'Hello' } });
    console.log('sent');
    await tell(client.api('/users').post({ displayName: 'Grace Hopper' }));
  },
  async limit() {
    for (let i = 0; i < 3; i++) await tell(client.api('/me/messages').get());
  },
  async notes() {
    for (let i = 0; i < 3; i++) await tell(client.api('/me/onenote/pages').get());
  },
  async batch() {
    const requests = ['1', '2', '3'].map((id) => ({ id, method: 'GET', url: '/me/messages' }));
    const { responses } = await client.api('/$batch').post({ requests });
    console.log(
      responses.map(({ id, status, headers }) => `${id}: ${status} ${headers['Retry-After'] ?? ''}`.trim()).join(', '),
    );
  },
  async unavailable() {
    await fault({ status: 503, times: 1 });
    await tell(client.api('/me').get());
  },
};
await runs[process.argv[2]]();
