/**
 * Requests written to one socket without waiting for answers (pipelining). `n`: at a time; `rounds` (4): of those that were refused; `wait`.
 * @module
 */
import net from 'node:net';
import { base, headers, options, path, range, ready, sleep, withQuery } from './client.mjs';
import { waiting } from './waits.mjs';

const { n, rounds = 4 } = options;
const wait = waiting(options.wait ?? 'told-and-jitter');
const { port, hostname, host } = new URL(base);
const socket = net.connect(Number(port), hostname);
await new Promise((resolve) => socket.once('connect', resolve));
await ready();

let left = range(n);
for (const round of range(rounds)) {
  const answers = await send(left);
  left = left.filter((_, i) => answers[i].status === 429);
  if (left.length === 0 || round === rounds - 1) break;
  await sleep(
    wait(
      answers.find(({ status }) => status === 429),
      round,
    ),
  );
}
socket.destroy();

/** All in one write; resolves with the answers in order. */
function send(pages) {
  const credentials = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const requests = pages.map((page) =>
    [`GET ${withQuery(path, `page=${page}`)} HTTP/1.1`, `Host: ${host}`, ...credentials, '', ''].join('\r\n'),
  );
  return new Promise((resolve) => {
    let text = '';
    const read = (data) => {
      text += data.toString('latin1');
      const answers = parsed(text);
      if (answers.length < pages.length) return;
      socket.off('data', read);
      resolve(answers);
    };
    socket.on('data', read);
    socket.write(requests.join(''));
  });
}

/** The whole answers in it; those of this server have a Content-Length. */
function parsed(text) {
  const answers = [];
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) return answers;
    const [first, ...lines] = text.slice(at, end).split('\r\n');
    const fields = new Headers(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
    );
    at = end + 4 + Number(fields.get('content-length') ?? 0);
    if (at > text.length) return answers;
    answers.push({ status: Number(first.split(' ')[1]), headers: fields });
  }
}
