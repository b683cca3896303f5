/** Store URLs, and what servers say of themselves. */
import { describe, expect, test } from 'vitest';
import { checkServer } from '../../../src/replicas/log/fitness.js';
import { parseStoreUrl } from '../../../src/replicas/log/store-url.js';

const DEFAULTS = {
  kind: 'server',
  isTls: false,
  caFile: undefined,
  username: undefined,
  password: undefined,
  database: 0,
  prefix: 'mock429',
  master: undefined,
};

describe('a store URL', () => {
  test.each([
    ['redis://cache', { nodes: [{ host: 'cache', port: 6379 }] }],
    ['valkey://cache:7000/', { nodes: [{ host: 'cache', port: 7000 }] }],
    ['redis://[::1]:7000/3?prefix=team-a', { nodes: [{ host: '::1', port: 7000 }], database: 3, prefix: 'team-a' }],
    [
      'rediss://:p%40ss@h:1/?tls-ca=/etc/ca.pem',
      {
        nodes: [{ host: 'h', port: 1 }],
        isTls: true,
        caFile: '/etc/ca.pem',
        password: 'p@ss',
        display: 'store URL rediss://***@h:1/?tls-ca=/etc/ca.pem',
      },
    ],
    [
      'valkeys://me:a/b?c#d@h',
      {
        nodes: [{ host: 'h', port: 6379 }],
        isTls: true,
        username: 'me',
        password: 'a/b?c#d',
        display: 'store URL valkeys://***@h',
      },
    ],
    [
      'redis://me:a:b@h',
      { nodes: [{ host: 'h', port: 6379 }], username: 'me', password: 'a:b', display: 'store URL redis://***@h' },
    ],
    [
      'redis+cluster://a:7000,b:7001/',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
      },
    ],
    ['valkeys+cluster://a', { kind: 'cluster', isTls: true, nodes: [{ host: 'a', port: 6379 }] }],
    [
      'redis+sentinel://me:pw@a,b:1/main/2',
      {
        kind: 'sentinel',
        nodes: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 1 },
        ],
        username: 'me',
        password: 'pw',
        master: 'main',
        database: 2,
        display: 'store URL redis+sentinel://***@a,b:1/main/2',
      },
    ],
  ])('%s', (text, expected) => {
    expect(parseStoreUrl(text)).toEqual({ ...DEFAULTS, display: `store URL ${text}`, ...expected });
  });

  test.each([
    [
      'localhost:6379',
      'store URL: the scheme is unknown; write redis://, rediss://, redis+cluster:// or redis+sentinel://',
    ],
    [
      'http://me:secret@h',
      'store URL http://***@h: the scheme is unknown; write redis://, rediss://, redis+cluster:// or redis+sentinel://',
    ],
    [
      'rediss+nodes://h',
      'store URL rediss+nodes://h: the scheme is unknown; write redis://, rediss://, redis+cluster:// or redis+sentinel://',
    ],
    ['redis://', 'store URL redis://: "" is no address; write host or host:port'],
    ['redis://h:99999', 'store URL redis://h:99999: "h:99999" is no address; write host or host:port'],
    ['redis://:secret@h:port', 'store URL redis://***@h:port: "h:port" is no address; write host or host:port'],
    [
      'redis://a,b',
      'store URL redis://a,b: several hosts are a cluster or sentinels; write redis+cluster:// or redis+sentinel://',
    ],
    [
      'redis+sentinel://a',
      'store URL redis+sentinel://a: the name of the server is missing; write it after the hosts: redis+sentinel://host:26379/NAME',
    ],
    ['redis://h/x', 'store URL redis://h/x: "x" is no database; write a number from 0'],
    ['redis+cluster://h/1', 'store URL redis+cluster://h/1: a cluster has database 0 only; leave the database out'],
    ['redis://h/0/x', 'store URL redis://h/0/x: "x" has no meaning here; end the URL after the database'],
    ['redis://h?db=1', 'store URL redis://h?db=1: option "db" is unknown; there are prefix, tls-ca'],
    ['redis://h?tls-ca=x', 'store URL redis://h?tls-ca=x: tls-ca needs TLS; write rediss:// instead of redis://'],
    [
      'redis://h?prefix={a}',
      'store URL redis://h?prefix={a}: prefix "{a}" is not usable; use letters, digits, "_", "-", "." and ":"',
    ],
    ['redis://:secret%@h', 'store URL redis://***@h: user or password is not percent-encoded; write "%" as %25'],
  ])('%s is refused with the fix', (text, message) => {
    expect(() => parseStoreUrl(text)).toThrow(expect.objectContaining({ message }));
  });
});

describe('a server', () => {
  const check = (info: string) => () => checkServer(info.replaceAll(' ', '\r\n'), 'store');

  test.each([
    'redis_version:7.0.0 maxmemory:0 maxmemory_policy:allkeys-lru',
    'redis_version:8.2.1 maxmemory:1000 maxmemory_policy:noeviction',
    'redis_version:7.2.4 server_name:valkey valkey_version:7.2.5',
    'redis_version:7.2.4 server_name:valkey valkey_version:8.0.1',
  ])('that fits: %s', (info) => {
    expect(check(info)).not.toThrow();
  });

  test.each([
    ['redis_version:6.2.7', 'store: the server is Redis 6.2.7; use Redis 7 or newer, or Valkey 7.2 or newer'],
    [
      'redis_version:7.2.4 server_name:valkey valkey_version:7.1.0',
      'store: the server is Valkey 7.1.0; use Redis 7 or newer, or Valkey 7.2 or newer',
    ],
    ['nothing', 'store: the server is Redis of unknown version; use Redis 7 or newer, or Valkey 7.2 or newer'],
    [
      'redis_version:7.0.0 maxmemory:1000 maxmemory_policy:volatile-ttl',
      'store: maxmemory-policy is volatile-ttl, so the server could delete keys of the log; set it to noeviction: CONFIG SET maxmemory-policy noeviction',
    ],
  ])('that does not fit: %s', (info, message) => {
    expect(check(info)).toThrow(expect.objectContaining({ message, failure: 'unfit' }));
  });
});
