/**
 * The floor: a bare Hono app on @hono/node-server, with three static headers and a body of the same shape and size as the measured server's.
 *
 * Told what to answer by the environment variable FLOOR; without it, it answers a GET with a small body. Plain JavaScript, so that nothing but Hono is loaded.
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const { status = 200, body = { ok: true }, parses = false } = JSON.parse(process.env.FLOOR ?? '{}');
const HEADERS = { 'X-RateLimit-Limit': '1000', 'X-RateLimit-Remaining': '999', 'X-RateLimit-Reset': '1767225600' };

const app = new Hono();
app.get('/items/:id', (c) => (body === null ? c.body(null, status, HEADERS) : c.json(body, status, HEADERS)));
app.post('/items', async (c) => {
  if (parses) await c.req.json();
  return c.json(body, status, HEADERS);
});
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' });
