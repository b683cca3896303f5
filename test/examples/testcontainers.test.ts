/** The module for Testcontainers, without an engine: what it asks of the library, and what it does with a server in the place of the container. */
import { afterEach, describe, expect, it } from 'vitest';
import { createMock } from '../../src/index.js';

const { commandOf, Mock429Container, startMock429 } = await import(
  // @ts-expect-error: an example in JavaScript, without types
  '../../examples/testcontainers/mock429-container.mjs'
);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** The library, with a server in the place of each container. */
function library() {
  const asked: Record<string, unknown> = {};
  class GenericContainer {
    constructor(image: string) {
      asked['image'] = image;
    }
    withCommand(command: string[]) {
      asked['command'] = command;
      return this;
    }
    withEnvironment(environment: Record<string, string>) {
      asked['environment'] = environment;
      return this;
    }
    withExposedPorts(port: number) {
      asked['port'] = port;
      return this;
    }
    withWaitStrategy(strategy: unknown) {
      asked['wait'] = strategy;
      return this;
    }
    async start() {
      const profile = (asked['command'] as string[]).filter((_, i) => i % 2 === 1);
      const { MOCK429_CONTROL_TOKEN: token } = asked['environment'] as Record<string, string>;
      const mock = await createMock({ profile, controlToken: token!, controlTokenRequired: true });
      const { url } = await mock.listen();
      closing.push(mock.close);
      return {
        getHost: () => '127.0.0.1',
        getMappedPort: (port: number) => (port === 4290 ? Number(new URL(url).port) : 0),
        stop: () => mock.close(),
      };
    }
  }
  return { asked, testcontainers: { GenericContainer, Wait: { forHealthCheck: () => 'health' } } };
}

const list = (url: string) => fetch(`${url}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_a' } });

describe('examples/testcontainers', () => {
  it('asks for the image, its arguments, a token, the port and health', async () => {
    const { asked, testcontainers } = library();
    await startMock429(testcontainers, { profiles: ['klinky'] });
    expect(asked).toEqual({
      image: 'mock429',
      command: ['--profile', 'klinky'],
      environment: { MOCK429_CONTROL_TOKEN: expect.stringMatching(/^[0-9a-f]{48}$/) },
      port: 4290,
      wait: 'health',
    });
    expect(commandOf(['klinky', 'acrely'], ['--judge'])).toEqual([
      '--profile',
      'klinky',
      '--profile',
      'acrely',
      '--judge',
    ]);
    expect(() => commandOf([])).toThrow('name at least one profile');
  });

  it('gives each test a sandbox, with its own clock and verdict', async () => {
    const mock = await startMock429(library().testcontainers, { profiles: ['klinky'] });
    const [good, bad] = [mock.sandbox('good'), mock.sandbox('bad')];
    for (const sandbox of [good, bad]) {
      await sandbox.control('PUT', '/clock', { frozen: true });
      const partition = { account: 'default' };
      await sandbox.control('PUT', '/quotas', { policy: 'account-hour', partition, remaining: 0 });
    }
    expect((await list(good.url())).status).toBe(429);
    await good.advance('1h');
    expect((await list(good.url())).status).toBe(200);
    for (let i = 0; i < 5; i++) await list(bad.url());
    await good.assertBehaved();
    await expect(bad.assertBehaved()).rejects.toThrow(/retry-too-early|before it was told|told to wait/);
    expect((await mock.control('GET', '/health')).profiles).toEqual(['klinky']);
  });

  it('knows the path of a profile among several, and says what is wrong', async () => {
    const mock = await startMock429(library().testcontainers, { profiles: ['klinky', 'acrely'] });
    expect((await list(mock.sandbox('t1').url('klinky'))).status).toBe(200);
    expect(() => mock.url()).toThrow('several profiles are served; name one of klinky, acrely');
    expect(() => mock.url('nobody')).toThrow('"nobody" is not served');
    expect(() => mock.sandbox('a/b')).toThrow('cannot name a sandbox');
    await expect(mock.control('PUT', '/clock', { rate: -1 })).rejects.toThrow(/was answered 400/);
    const stranger = new Mock429Container(
      { getHost: () => '127.0.0.1', getMappedPort: () => new URL(mock.url('klinky')).port },
      'wrong',
      ['klinky'],
    );
    await expect(stranger.control('GET', '/clock')).rejects.toThrow(/was answered 401/);
  });
});
