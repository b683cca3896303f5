// stripe: the quick start, and what a limit, a lock and a failure do. `node stripe.mjs start|limit|lock|failure|unavailable`
import Stripe from 'stripe';

const { hostname, port } = new URL(process.env.MOCK429_URL);
const stripe = new Stripe('sk_test_123', { host: hostname, port, protocol: 'http', telemetry: false });
const tell = (promise) =>
  promise.then(
    ({ object, status }) => console.log(`${object} ${status ?? ''}`.trim()),
    ({ type, code, statusCode, headers }) =>
      console.log(
        `${type} ${code ?? ''} ${statusCode} ${headers?.['stripe-rate-limited-reason'] ?? ''}`
          .replaceAll(/\s+/g, ' ')
          .trim(),
      ),
  );
/** Has the mock answer the next request to an operation in another way. */
const fault = (body) =>
  fetch(`${process.env.MOCK429_URL}/__mock429/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ times: 1, ...body }),
  });

const runs = {
  async start() {
    const customer = await stripe.customers.create({
      name: 'Jenny Rosen',
      email: 'jenny@example.com',
      metadata: { order: '6735' },
    });
    console.log(`${customer.name} ${customer.metadata.order}`);
    const intent = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      customer: customer.id,
      automatic_payment_methods: { enabled: true },
    });
    console.log(`${intent.amount} ${intent.currency} ${intent.status}`);
    await tell(stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }));
    for await (const { name } of stripe.customers.list({ limit: 3 })) console.log(`listed ${name}`);
  },
  async limit() {
    for (let i = 0; i < 4; i++) await tell(stripe.balance.retrieve());
  },
  async lock() {
    const { id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
    await fault({ match: { operationId: 'confirmPaymentIntent' }, delayMs: 450 });
    const first = tell(stripe.paymentIntents.confirm(id));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await tell(stripe.paymentIntents.update(id, { description: 'at the same time' }));
    await first;
  },
  async failure() {
    await fault({ status: 500 });
    await tell(stripe.customers.create({ name: 'Jenny Rosen' }));
  },
  async unavailable() {
    await fault({ status: 503 });
    await tell(stripe.customers.create({ name: 'Jenny Rosen' }));
    console.log(`${(await stripe.customers.list()).data.length} customer`);
  },
};
await runs[process.argv[2]]();
