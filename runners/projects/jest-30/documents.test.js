/** Packages that are loaded when they are first needed, those without a CommonJS build included. */
const { builtInProfiles, createMock } = require('mock429');

const object = { type: 'object', required: ['name'], properties: { name: { type: 'string', pattern: '^(a+)+$' } } };
const document = {
  swagger: '2.0',
  info: { title: 'Forms', version: '1' },
  paths: {
    '/json': {
      post: {
        consumes: ['application/json'],
        parameters: [{ in: 'body', name: 'body', schema: object }],
        responses: { 200: { description: 'ok' } },
      },
    },
    '/form': {
      post: {
        consumes: ['multipart/form-data'],
        parameters: [{ in: 'formData', name: 'name', type: 'string', required: true }],
        responses: { 200: { description: 'ok' } },
      },
    },
  },
};

test('Swagger 2.0, schemas, patterns and multipart bodies', async () => {
  const mock = await createMock({ openapi: document, clock: 'frozen' });
  const json = (body) =>
    mock.fetch('/json', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await json({ name: 'aaa' })).status).toBe(200);
  expect((await json({ name: 'b' })).status).toBe(400);
  const form = (name) => {
    const body = new FormData();
    body.append(name, 'a');
    return mock.fetch('/form', { method: 'POST', body });
  };
  expect((await form('name')).status).toBe(200);
  expect((await form('other')).status).toBe(400);
  await mock.close();
});

test('all profiles', async () => {
  const mock = await createMock({ profile: [...builtInProfiles(), 'openai', 'shopify'] });
  expect(mock.profiles).toContain('openai');
  const { url } = await mock.listen();
  expect((await fetch(`${url}/__mock429/profiles`)).status).toBe(200);
  expect((await fetch(`${url}/__mock429/openapi.json`)).status).toBe(200);
  await mock.close();
});
