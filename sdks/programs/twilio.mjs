/** twilio: the quick start, and what it does at a limit. Its hosts are fixed, so a client of its own sends requests to another origin. */
import twilio from 'twilio';

const [what, ...flags] = process.argv.slice(2);
const mock = new URL(process.env.MOCK429_URL);

class Redirected extends twilio.RequestClient {
  request(options) {
    const { pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${mock.origin}${mock.pathname.replace(/\/$/, '')}${pathname}${search}` });
  }
}
const httpClient = new Redirected({ autoRetry: flags.includes('retry') });
const client = twilio(`AC${'a'.repeat(32)}`, 'secret', { httpClient });
const message = { body: 'Hello from twilio-node', to: '+15558675310', from: '+15557122661' };
const told = (error) => console.log(`threw ${error.constructor.name} ${error.status} ${error.code}: ${error.message}`);

/** Answers take a while, so that requests are in flight together. */
async function slow(delayMs) {
  const faults = `${process.env.MOCK429_CONTROL_URL}/faults`;
  const body = JSON.stringify({ match: {}, delayMs });
  await fetch(faults, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

const programs = {
  async quickstart() {
    const sent = await client.messages.create(message);
    console.log(`message ${sent.status} to ${sent.to}`);
    const [first] = await client.messages.list({ limit: 1 });
    console.log(`listed ${first.body}`);
    const call = await client.calls.create({ to: message.to, from: message.from, url: 'https://example.com/answer' });
    console.log(`call ${call.status}`);
    const services = client.verify.v2.services(`VA${'1'.repeat(32)}`);
    const { status } = await services.verifications.create({ to: message.to, channel: 'sms' });
    console.log(`verification ${status}`);
  },
  async concurrent() {
    await slow(flags.includes('retry') ? 100 : 1_000);
    const all = Array.from({ length: 4 }, () => client.messages.create(message));
    for (const one of await Promise.allSettled(all))
      if (one.status === 'fulfilled') console.log(`message ${one.value.status}`);
      else told(one.reason);
  },
  async queue() {
    for (let i = 0; i < 3; i++)
      await client.messages.create(message).then(({ status }) => console.log(`message ${status}`), told);
  },
};

await programs[what]();
