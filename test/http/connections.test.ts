/**
 * Closing a server: connections that carry no request do not hold it up, those that carry one are waited for.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { trackConnections } from '../../src/http/socket/connections.js';

const servers: Server[] = [];
const clients: Socket[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function serve() {
  const waiting: ServerResponse[] = [];
  const server = createServer((incoming, outgoing) => {
    connections.of(incoming.socket).take(outgoing, () => {});
    waiting.push(outgoing);
  });
  const connections = trackConnections();
  server.on('connection', connections.track);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, connections, waiting };
}

async function open(server: Server): Promise<Socket> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  clients.push(client);
  await Promise.all([once(client, 'connect'), once(server, 'connection')]);
  return client.resume();
}

async function ask(server: Server, client: Socket): Promise<void> {
  const asked = once(server, 'request');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await asked;
}

test('a connection that has not carried a request yet is ended', async () => {
  const { server, connections } = await serve();
  const client = await open(server);
  const closed = once(client, 'close');
  connections.end();
  await closed;
});

test('a connection between two requests is ended', async () => {
  const { server, connections, waiting } = await serve();
  const client = await open(server);
  await ask(server, client);
  const answered = once(waiting[0]!, 'close');
  waiting[0]!.end('answer');
  await answered;
  const closed = once(client, 'close');
  connections.end();
  await closed;
});

test('a connection that carries a request is ended once that is answered, and the answer arrives', async () => {
  const { server, connections, waiting } = await serve();
  const client = await open(server);
  await ask(server, client);
  const closed = once(client, 'close');
  const received: string[] = [];
  client.on('data', (chunk) => received.push(String(chunk)));
  connections.end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(client.destroyed).toBe(false);
  waiting[0]!.end('the answer');
  await closed;
  expect(received.join('')).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*the answer/);
});

test('a connection that carries two requests is ended after both', async () => {
  const { server, connections, waiting } = await serve();
  const client = await open(server);
  await ask(server, client);
  await ask(server, client);
  connections.end();
  const first = once(waiting[0]!, 'close');
  waiting[0]!.end('one');
  await first;
  const received: string[] = [];
  client.on('data', (chunk) => received.push(String(chunk)));
  const closed = once(client, 'close');
  waiting[1]!.end('two');
  await closed;
  expect(received.join('')).toContain('two');
});
