/**
 * HTTP libraries, none of which retries here: the program around them does. Each gives `(url, { method, headers, body }) => { status, headers, text }`.
 * @module
 */
import http from 'node:http';

const NOTHING = { status: 0, headers: new Headers(), text: '' };

function byNode(agent) {
  return (url, { method = 'GET', headers, body } = {}) =>
    new Promise((resolve) => {
      const request = http.request(url, { method, headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('error', () => resolve(NOTHING));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: new Headers(response.headers), text }),
        );
      });
      request.on('error', () => resolve(NOTHING));
      request.end(body);
    });
}

async function byFetch(url, { method, headers, body } = {}) {
  try {
    const response = await fetch(url, { method, headers, body });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch {
    return NOTHING;
  }
}

async function undiciOf(dispatcher) {
  const { request } = await import('undici');
  return async (url, { method = 'GET', headers, body } = {}) => {
    try {
      const answer = await request(url, { method, headers, body, ...(dispatcher && { dispatcher }) });
      return { status: answer.statusCode, headers: new Headers(answer.headers), text: await answer.body.text() };
    } catch {
      return NOTHING;
    }
  };
}

const MAKERS = {
  fetch: () => byFetch,
  'keep-alive': () => byNode(new http.Agent({ keepAlive: true })),
  // Told to close the connection after each answer.
  close: () => byNode(new http.Agent({ keepAlive: false })),
  // No more than so many connections; the others wait for a free one.
  sockets: (n) => byNode(new http.Agent({ keepAlive: true, maxSockets: n })),
  undici: () => undiciOf(),
  'undici-pool': async (n, pipelining = 1) => {
    const { Pool } = await import('undici');
    return undiciOf(new Pool(process.env['MOCK429_URL'], { connections: n, pipelining }));
  },
  async axios() {
    const { default: axios } = await import('axios');
    return async (url, { method, headers, body } = {}) => {
      try {
        const answer = await axios({
          url,
          method,
          headers,
          data: body,
          validateStatus: () => true,
          responseType: 'text',
        });
        return { status: answer.status, headers: new Headers(answer.headers), text: String(answer.data) };
      } catch {
        return NOTHING;
      }
    };
  },
  async got() {
    const { default: got } = await import('got');
    return async (url, { method, headers, body } = {}) => {
      try {
        const answer = await got(url, { method, headers, body, throwHttpErrors: false, retry: { limit: 0 } });
        const lines = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
        return { status: answer.statusCode, headers: new Headers(lines), text: answer.body };
      } catch {
        return NOTHING;
      }
    };
  },
  async ky() {
    const { default: ky } = await import('ky');
    return async (url, { method, headers, body } = {}) => {
      try {
        const answer = await ky(url, { method, headers, body, throwHttpErrors: false, retry: 0, timeout: false });
        return { status: answer.status, headers: answer.headers, text: await answer.text() };
      } catch {
        return NOTHING;
      }
    };
  },
};

/** @param {string} name such as `fetch`, or with numbers, `undici-pool 2 4` */
export async function transport(name = 'fetch') {
  const [kind, ...numbers] = name.split(' ');
  const make = MAKERS[kind];
  if (!make) throw new Error(`no such transport: ${kind}`);
  return make(...numbers.map(Number));
}
