/** Each client as its documentation shows it, without retries and without errors for statuses. A call resolves with the status, the whole body, and Retry-After. */
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import nodeFetch from 'node-fetch';
import superagent from 'superagent';
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici';

const headers = { 'X-API-Key': 'klinky_live_a' };

const ofResponse = async (response) => ({
  status: response.status,
  body: await response.text(),
  retryAfter: response.headers.get('retry-after') ?? undefined,
});

/** The same by a module of Node. */
const byNode = (module) => (url) =>
  new Promise((resolve, reject) => {
    module
      .get(url, { headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (piece) => {
          body += piece;
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode, body, retryAfter: response.headers['retry-after'] }),
        );
      })
      .on('error', reject);
  });

function byHttp2(url) {
  const { origin, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const session = http2.connect(origin).on('error', reject);
    const stream = session.request({ ':path': pathname, ...headers });
    let head = {};
    let body = '';
    stream.on('response', (fields) => {
      head = fields;
    });
    stream.setEncoding('utf8').on('data', (piece) => {
      body += piece;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve({ status: head[':status'], body, retryAfter: head['retry-after'] });
    });
  });
}

/** By name. */
export const clients = {
  'the global fetch': async (url) => ofResponse(await fetch(url, { headers })),
  'node:http': byNode(http),
  'node:https': byNode(https),
  'node:http2': byHttp2,
  'undici request': async (url) => {
    const { statusCode, headers: fields, body } = await undiciRequest(url, { headers });
    return { status: statusCode, body: await body.text(), retryAfter: fields['retry-after'] };
  },
  'undici fetch': async (url) => ofResponse(await undiciFetch(url, { headers })),
  'undici with an agent of its own': async (url) =>
    ofResponse(await undiciFetch(url, { headers, dispatcher: new Agent({ allowH2: true }) })),
  axios: async (url) => {
    const options = { headers, validateStatus: () => true, responseType: 'text', transformResponse: (text) => text };
    const response = await axios.get(url, options);
    return { status: response.status, body: response.data, retryAfter: response.headers['retry-after'] };
  },
  got: async (url) => {
    const response = await got(url, { headers, retry: { limit: 0 }, throwHttpErrors: false });
    return { status: response.statusCode, body: response.body, retryAfter: response.headers['retry-after'] };
  },
  ky: async (url) => ofResponse(await ky(url, { headers, retry: 0, throwHttpErrors: false })),
  'node-fetch': async (url) => ofResponse(await nodeFetch(url, { headers })),
  superagent: async (url) => {
    const response = await superagent
      .get(url)
      .set(headers)
      .buffer(true)
      .ok(() => true);
    return { status: response.status, body: response.text, retryAfter: response.headers['retry-after'] };
  },
};
