/** Serves the page, and tells it where Klinky is. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const page = (await readFile(new URL('index.html', import.meta.url), 'utf8')).replaceAll(
  '%KLINKY_URL%',
  process.env['KLINKY_URL'] ?? 'https://klinky-api.fly.dev',
);
createServer((_, response) => {
  response.setHeader('Content-Type', 'text/html; charset=UTF-8').end(page);
}).listen(Number(process.env['PORT']), '127.0.0.1');
