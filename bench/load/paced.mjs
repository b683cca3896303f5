/**
 * Sends requests at a fixed rate over raw connections, whether or not the server keeps up, and prints the latencies as JSON. A request's latency begins when it was
 * due, so that a server that stalls is charged for the requests that waited.
 *
 *     node bench/load/paced.mjs PORT PATH RATE SECONDS KEYS
 */
import { connect } from 'node:net';

const [port, path, rate, seconds, keys] = process.argv.slice(2);
const CONNECTIONS = 64;
const total = Number(rate) * Number(seconds);
const latencies = new Float64Array(total);
let sent = 0;
let done = 0;
let refused = 0;
/** Requests that are due and have no free connection. */
const due = [];
const free = [];

function requestText(i) {
  const token = `ad_live_${String(i % Number(keys)).padStart(32, '0')}`;
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
}

function open() {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  let text = '';
  let current;
  const self = {
    send(request) {
      current = request;
      socket.write(requestText(request.i));
    },
  };
  socket.setEncoding('latin1');
  socket.on('connect', () => free.push(self));
  socket.on('data', (piece) => {
    text += piece;
    const head = text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (text.length < head + 4 + length) return;
    if (text.startsWith('HTTP/1.1 4') || text.startsWith('HTTP/1.1 5')) refused += 1;
    text = '';
    latencies[done++] = performance.now() - current.at;
    if (done === total) finish();
    const next = due.shift();
    if (next) self.send(next);
    else free.push(self);
  });
  socket.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
}

function finish() {
  const sorted = latencies.slice(0, done).sort();
  const at = (share) => sorted[Math.min(done - 1, Math.floor(done * share))];
  console.log(
    JSON.stringify({
      requests: done,
      refused,
      p50: at(0.5),
      p99: at(0.99),
      max: sorted[done - 1],
      tookMs: performance.now() - began,
    }),
  );
  process.exit(0);
}

let began = 0;
for (let i = 0; i < CONNECTIONS; i++) open();
const timer = setInterval(() => {
  if (began === 0) {
    if (free.length < CONNECTIONS) return;
    began = performance.now();
  }
  const now = performance.now();
  while (sent < total && began + (sent * 1_000) / Number(rate) <= now) {
    const request = { i: sent, at: began + (sent * 1_000) / Number(rate) };
    sent += 1;
    const connection = free.pop();
    if (connection) connection.send(request);
    else due.push(request);
  }
  if (sent === total) clearInterval(timer);
}, 1);
