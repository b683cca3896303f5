/**
 * The floor with hono-rate-limiter in front, with its defaults but for a limit that is not reached. LIMITER is where the package lies.
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const { rateLimiter } = await import(process.env.LIMITER);
const { body } = JSON.parse(process.env.FLOOR);

const app = new Hono();
app.use(rateLimiter({ windowMs: 3_600_000, limit: 1e9, keyGenerator: (c) => c.req.header('x-api-key') ?? '' }));
app.get('/items/:id', (c) => c.json(body, 200));
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' });
