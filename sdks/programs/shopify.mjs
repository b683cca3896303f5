/** @shopify/shopify-api: REST and GraphQL. A store's host is fixed by the session, so its fetch sends requests to another origin. */
import '@shopify/shopify-api/adapters/node';
import { LogSeverity, Session, shopifyApi } from '@shopify/shopify-api';
import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';

const [what, tries = '1'] = process.argv.slice(2);
setAbstractFetchFunc((url, init) => {
  const { pathname, search } = new URL(url);
  return fetch(`${process.env.MOCK429_URL}${pathname}${search}`, init);
});
const shopify = shopifyApi({
  apiKey: 'key',
  apiSecretKey: 'secret',
  apiVersion: '2026-10',
  hostName: 'app.example.com',
  isEmbeddedApp: false,
  scopes: ['read_products'],
  logger: { level: LogSeverity.Error, log() {} },
});
const session = new Session({
  id: '1',
  shop: 'quickstart.myshopify.com',
  state: '',
  isOnline: false,
  accessToken: 'shpat_quickstart',
});
const rest = new shopify.clients.Rest({ session });
const graphql = new shopify.clients.Graphql({ session });
const told = (error) =>
  console.log(
    `threw ${error.constructor.name}${error.response?.retryAfter ? ` after ${error.response.retryAfter} s` : ''}: ${error.message.split(/[:\n]/)[0].trim()}`,
  );

const programs = {
  async quickstart() {
    const { body } = await rest.get({ path: 'shop' });
    console.log(`shop ${body.shop.name}`);
    const created = await rest.post({ path: 'products', data: { product: { title: 'Board' } } });
    console.log(`product ${created.body.product.title}`);
    const { data, extensions } = await graphql.request('{ shop { name } products(first: 10) { nodes { id title } } }');
    console.log(`shop ${data.shop.name}, ${data.products.nodes.length} products`);
    console.log(`cost ${extensions.cost.actualQueryCost} of ${extensions.cost.throttleStatus.maximumAvailable}`);
  },
  async rest() {
    for (let i = 0; i < 3; i++)
      await rest
        .get({ path: 'products', tries: Number(tries) })
        .then(({ headers }) => console.log(`got ${headers['X-Shopify-Shop-Api-Call-Limit']}`), told);
  },
  async graphql() {
    for (let i = 0; i < 2; i++)
      await graphql
        .request('{ products(first: 250) { nodes { id } } }', { retries: Number(tries) - 1 })
        .then(({ extensions }) => console.log(`left ${extensions.cost.throttleStatus.currentlyAvailable}`), told);
  },
};

await programs[what]();
