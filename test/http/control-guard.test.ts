import { describe, expect, it } from 'vitest';
import { type ControlCaller, type GuardRules, guardControl, isLoopbackAddress } from '../../src/http/control/guard.js';

const local: ControlCaller = { ip: '127.0.0.1', host: '127.0.0.1:4290', origin: undefined, authorization: undefined };
const code = (caller: Partial<ControlCaller>, rules: GuardRules = {}) =>
  guardControl({ ...local, ...caller }, rules)?.code;

describe('where the client is', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])('%s is this machine', (ip) => {
    expect(isLoopbackAddress(ip)).toBe(true);
    expect(code({ ip })).toBeUndefined();
  });

  it.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '128.0.0.1', '127.0.0.1.evil', '', 'localhost', '::11'])(
    '%s is not',
    (ip) => {
      expect(code({ ip })).toBe('not-loopback');
      expect(code({ ip }, { token: 'secret' })).toBe('token-needed');
    },
  );

  it('trusts what runs in the same process, whatever its headers say', () => {
    expect(code({ ip: undefined, host: 'evil.example', origin: 'https://evil.example' })).toBeUndefined();
  });
});

describe('the token', () => {
  const remote = { ip: '10.0.0.1', host: 'evil.example', origin: 'https://evil.example' };
  const with_ = (authorization: string, token = 'secret') => code({ ...remote, authorization }, { token });

  it('waives everything else', () => {
    expect(with_('Bearer secret')).toBeUndefined();
    expect(with_('bearer   secret ')).toBeUndefined();
  });

  it.each(['Bearer secre', 'Bearer secrets', 'Bearer Secret', 'Bearer ', 'Bearer', 'Basic secret', 'secret', ''])(
    'is not shown by "%s"',
    (shown) => {
      expect(with_(shown)).toBe('token-needed');
    },
  );

  it('does not exist when it is empty', () => {
    expect(with_('Bearer ', '')).toBe('not-loopback');
    expect(code({ ...remote, authorization: 'Bearer undefined' }, {})).toBe('not-loopback');
  });

  it('is not needed on this machine, and a wrong one changes nothing there', () => {
    expect(code({}, { token: 'secret' })).toBeUndefined();
    expect(code({ authorization: 'Bearer of-the-provider' }, { token: 'secret' })).toBeUndefined();
    expect(code({ authorization: 'Bearer wrong', origin: 'https://evil.example' }, { token: 'secret' })).toBe(
      'foreign-origin',
    );
  });
});

describe('a required token', () => {
  const rules = { token: 'secret', tokenRequired: true };

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1'])('is asked of %s', (ip) => {
    expect(code({ ip }, rules)).toBe('token-needed');
    expect(code({ ip, authorization: 'Bearer wrong' }, rules)).toBe('token-needed');
    expect(code({ ip, authorization: 'Bearer secret' }, rules)).toBeUndefined();
  });

  it('is asked of nobody in the same process', () => {
    expect(code({ ip: undefined }, rules)).toBeUndefined();
  });
});

describe('the site', () => {
  it.each(['cross-site', 'same-site', 'CROSS-SITE', '', 'what-else-there-may-be'])('%j is another', (fetchSite) => {
    expect(code({ fetchSite })).toBe('foreign-site');
    expect(code({ fetchSite, origin: 'http://127.0.0.1:4290' })).toBe('foreign-site');
    expect(code({ fetchSite, authorization: 'Bearer secret' }, { token: 'secret' })).toBeUndefined();
  });

  it.each(['same-origin', 'none', undefined])('%j is our own, or nobody else’s', (fetchSite) => {
    expect(code({ fetchSite })).toBeUndefined();
  });
});

it('webhooks do not steer, wherever they come from', () => {
  expect(code({ isWebhook: true })).toBe('webhook');
});

describe('the host', () => {
  it.each(['127.0.0.1', '127.0.0.1:80', 'localhost:4290', 'LOCALHOST', 'mock.localhost:1', '[::1]:4290', '127.1'])(
    '%s is our own',
    (host) => {
      expect(code({ host })).toBeUndefined();
    },
  );

  it.each([
    'evil.example',
    'evil.example:4290',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'evil.example/localhost',
    'evil.example#.localhost',
    '192.168.0.2:4290',
    '[::2]',
    'a b',
    '',
    undefined,
  ])('%s is not (DNS rebinding)', (host) => {
    expect(code({ host })).toBe('foreign-host');
  });

  it('may be listed', () => {
    const rules = { hosts: ['mock.internal', '0.0.0.0', '::2', '[fd00::1]'] };
    for (const host of ['mock.internal:4290', 'MOCK.internal', '0.0.0.0:1', '[::2]:4290', '[fd00::1]'])
      expect(code({ host }, rules), host).toBeUndefined();
    expect(code({ host: 'sub.mock.internal' }, rules)).toBe('foreign-host');
  });
});

describe('the origin', () => {
  it.each([
    ['http://localhost:4290', 'localhost:4290'],
    ['http://LOCALHOST', 'localhost:80'],
    ['https://localhost', 'localhost:443'],
    ['https://localhost:4290', 'localhost:4290'],
    ['http://[::1]:4290', '[::1]:4290'],
  ])('%s may call %s', (origin, host) => {
    expect(code({ origin, host })).toBeUndefined();
  });

  it.each([
    ['http://localhost:3000', 'localhost:4290'],
    ['http://127.0.0.1:4290', 'localhost:4290'],
    ['https://evil.example', 'localhost:4290'],
    ['null', 'localhost:4290'],
    ['', 'localhost:4290'],
    ['file://', 'localhost'],
    ['chrome-extension://localhost', 'localhost'],
    ['http://localhost:4290@evil.example', 'localhost:4290'],
  ])('%s may not call %s', (origin, host) => {
    expect(code({ origin, host })).toBe('foreign-origin');
  });

  it('is told without what does not belong there', () => {
    const detail = (caller: Partial<ControlCaller>) => guardControl({ ...local, ...caller })!.detail;
    expect(detail({ origin: 'https://evil.example:8443' })).toContain('"https://evil.example:8443"');
    const origins = ['secret', 'https://user:secret@evil.example', 'https://evil.example/secret', 'data:secret'];
    for (const caller of [
      ...origins.map((origin) => ({ origin })),
      { host: 'user:secret@evil.example' },
      { host: 'evil.example/secret' },
    ])
      expect(detail(caller)).not.toContain('secret');
  });

  it('says what to do', () => {
    for (const caller of [{ ip: '10.0.0.1' }, { host: 'evil.example' }, { origin: 'null' }])
      expect(guardControl({ ...local, ...caller })).toMatchObject({
        status: 403,
        detail: expect.stringContaining('token'),
      });
    expect(guardControl({ ...local, ip: '10.0.0.1' }, { token: 's' })).toMatchObject({ status: 401 });
  });
});
