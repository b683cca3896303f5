/**
 * A module for Testcontainers for Node: starts mock429 from its image, and gives each test a sandbox.
 *
 * The library is an argument, so that this file depends on no release of it:
 *
 *     import * as testcontainers from 'testcontainers';
 *     const mock = await startMock429(testcontainers, { image: 'mock429', profiles: ['klinky'] });
 */
import { randomBytes } from 'node:crypto';

const PORT = 4290;
const CONTROL = '/__mock429';

/**
 * Starts a container and waits until it is healthy.
 *
 * @param {{ GenericContainer: any, Wait: any }} testcontainers the package `testcontainers`
 * @param {object} options
 * @param {string} [options.image] the image; `docker build -t mock429 .` makes it from the repository's Dockerfile
 * @param {readonly string[]} options.profiles what it serves
 * @param {readonly string[]} [options.args] further arguments of `mock429 serve`
 */
export async function startMock429({ GenericContainer, Wait }, { image = 'mock429', profiles, args = [] }) {
  // To the container its host is another machine, so the control API wants a token.
  const token = randomBytes(24).toString('hex');
  const container = await new GenericContainer(image)
    .withCommand(commandOf(profiles, args))
    .withEnvironment({ MOCK429_CONTROL_TOKEN: token })
    .withExposedPorts(PORT)
    // The image asks /__mock429/health from inside.
    .withWaitStrategy(Wait.forHealthCheck())
    .start();
  return new Mock429Container(container, token, profiles);
}

/** The arguments of `mock429` in the container. */
export function commandOf(profiles, args = []) {
  if (profiles.length === 0) throw new TypeError('name at least one profile, such as klinky');
  return [...profiles.flatMap((profile) => ['--profile', profile]), ...args];
}

/** A running container. */
export class Mock429Container {
  #container;
  #token;
  #profiles;
  #fetch;

  /** @param {{ getHost(): string, getMappedPort(port: number): number, stop(): Promise<unknown> }} container */
  constructor(container, token, profiles, fetch = globalThis.fetch) {
    this.#container = container;
    this.#token = token;
    this.#profiles = profiles;
    this.#fetch = fetch;
  }

  /** The base URL of a profile, in place of the provider's. The profile may be left out if there is one. */
  url(profile) {
    return this.#base('', profile);
  }

  /** A sandbox: an isolated copy of everything, clock included. */
  sandbox(name) {
    if (!/^[\w.-]{1,100}$/.test(name))
      throw new TypeError(`"${name}" cannot name a sandbox; use letters, digits, ".", "_" and "-"`);
    const root = `${this.#root()}/~${name}`;
    return {
      /** The base URL for the client of this test. */
      url: (profile) => this.#base(`/~${name}`, profile),
      /** Calls the control API (docs/control.md) and returns its JSON; `undefined` where there is none. */
      control: (method, path, body) => this.#control(root, method, path, body),
      advance: (duration) => this.#control(root, 'POST', '/clock/advance', { duration }),
      /** Throws with the report if a client broke a rule of the provider. */
      assertBehaved: () => this.#assertBehaved(root),
    };
  }

  /** Calls the control API of the sandbox without a name. */
  control(method, path, body) {
    return this.#control(this.#root(), method, path, body);
  }

  stop() {
    return this.#container.stop();
  }

  #root() {
    return `http://${this.#container.getHost()}:${this.#container.getMappedPort(PORT)}`;
  }

  #base(prefix, profile) {
    if (profile === undefined && this.#profiles.length > 1)
      throw new TypeError(`several profiles are served; name one of ${this.#profiles.join(', ')}`);
    if (profile !== undefined && !this.#profiles.includes(profile))
      throw new TypeError(`"${profile}" is not served; name one of ${this.#profiles.join(', ')}`);
    const path = this.#profiles.length > 1 ? `/${profile}` : '';
    return `${this.#root()}${prefix}${path}`;
  }

  async #control(root, method, path, body) {
    const response = await this.#send(root, method, path, body);
    return response.status === 204 ? undefined : response.json();
  }

  async #send(root, method, path, body, accept = 'application/json') {
    const url = `${root}${CONTROL}${path}`;
    const response = await this.#fetch(url, {
      method,
      headers: {
        Accept: accept,
        Authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${url} was answered ${response.status}: ${await response.text()}`);
    return response;
  }

  async #assertBehaved(root) {
    const { verdict } = await this.#control(root, 'GET', '/report?ended=true');
    if (verdict !== 'fail') return;
    const response = await this.#send(root, 'GET', '/report?ended=true', undefined, 'text/plain');
    throw new Error(await response.text());
  }
}
