/** Who called, by the socket's address and what trusted proxies say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientIp, isProxyRange, TrustedProxies, withoutHostBits } from '../../src/http/socket/client-address.js';

const ip = (socket: string, forwarded: string | undefined, ...trusted: string[]) =>
  clientIp(socket, forwarded, new TrustedProxies(trusted));

describe('a range', () => {
  it.each([
    ['10.0.0.1/8', '10.0.0.0/8'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['1.2.3.5/31', '1.2.3.4/31'],
    ['fd00::1/8', 'fd00::/8'],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64'],
    ['fe80::1%eth0/10', 'fe80::%eth0/10'],
    ['::ffff:10.0.0.1/104', '10.0.0.0/8'],
    ['::ffff:10.0.0.1/90', '::ffc0:0:0/90'],
  ])('%s with bits of a host is that of %s', (range, meant) => {
    expect(withoutHostBits(range)).toBe(meant);
    expect(withoutHostBits(meant)).toBeUndefined();
  });

  it.each(['10.0.0.7', '10.0.0.0/8', '::1', 'FD00::1/128', 'fe80::1%eth0', '0.0.0.0/0', '::/0', '::ffff:10.0.0.0/104'])(
    '%s has none',
    (range) => expect(withoutHostBits(range)).toBeUndefined(),
  );
});

describe('the port of an entry', () => {
  it.each([
    ['1.2.3.4:65535', '1.2.3.4'],
    ['[2001:db8::1]:0', '2001:db8::1'],
    ['1.2.3.4:_hidden', '1.2.3.4'],
    ['1.2.3.4:65536', '10.0.0.7'],
    ['10.0.0.1:99999', '10.0.0.7'],
    ['[2001:db8::1]:99999', '10.0.0.7'],
    ['1.2.3.4:80x', '10.0.0.7'],
  ])('of %s makes the client %s', (entry, client) => {
    expect(ip('10.0.0.7', entry, '10.0.0.0/8')).toBe(client);
  });
});

describe('a trusted proxy', () => {
  it.each([
    '10.0.0.7',
    '10.0.0.0/8',
    '10.1.2.3/8',
    '0.0.0.0/0',
    '1.2.3.4/32',
    '::1',
    '::',
    '::/0',
    'fd00::/8',
    'FD00::1/128',
    '::ffff:10.0.0.1',
    '::ffff:10.0.0.0/104',
    '::ffff:a00:1',
    'fe80::1%eth0',
    'fe80::%2/10',
    ' 10.0.0.7 ',
  ])('may be %j', (range) => {
    expect(isProxyRange(range)).toBe(true);
    expect(new TrustedProxies([range]).isEmpty).toBe(false);
  });

  it.each([
    '',
    ' ',
    'localhost',
    'proxy.internal',
    '*',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '0x7f.1',
    '10.0.0.1:80',
    '[::1]',
    '[::1]:80',
    '::1/129',
    '::1%',
    '10.0.0.1%eth0',
    ':::',
    '1.2.3.4,5.6.7.8',
    'http://10.0.0.1',
  ])('is not %j', (range) => {
    expect(isProxyRange(range)).toBe(false);
  });

  it.each([
    [
      '10.0.0.0/8',
      ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'],
      ['9.255.255.255', '11.0.0.0', '::a00:1', '', 'x'],
    ],
    ['10.0.0.7', ['10.0.0.7', '::ffff:a00:7'], ['10.0.0.8', '10.0.0.70']],
    ['::ffff:10.0.0.0/104', ['10.9.9.9', '::ffff:10.9.9.9'], ['11.0.0.0']],
    ['::ffff:10.0.0.7', ['10.0.0.7'], ['10.0.0.6']],
    ['fd00::/8', ['fd12:3456::1', 'FDFF::'], ['fc00::1', '::1', '253.0.0.1']],
    ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '127.0.0.1']],
    ['0.0.0.0/0', ['1.2.3.4', '255.255.255.255'], ['2001:db8::1']],
    ['fe80::/10', ['fe80::1', 'fe80::1%eth0', 'febf::1%7'], ['fec0::1']],
    ['fe80::1%eth0', ['fe80::1%eth0'], ['fe80::1', 'fe80::1%eth1', 'fe80::2%eth0']],
  ])('of %s is each of %j and none of %j', (range, inside, outside) => {
    const trusted = new TrustedProxies([range]);
    expect(inside.filter((one) => !trusted.has(one))).toEqual([]);
    expect(outside.filter((one) => trusted.has(one))).toEqual([]);
  });
});

describe('the client', () => {
  it('is whoever called, where no proxy is trusted or this is none', () => {
    expect(ip('1.2.3.4', '5.6.7.8')).toBe('1.2.3.4');
    expect(ip('1.2.3.4', '5.6.7.8', '10.0.0.0/8')).toBe('1.2.3.4');
    expect(ip('10.0.0.1', undefined, '10.0.0.0/8')).toBe('10.0.0.1');
  });

  it.each([
    ['5.6.7.8', '5.6.7.8'],
    // What stands before the first address that is not trusted anybody may have written.
    ['6.6.6.6, 5.6.7.8', '5.6.7.8'],
    ['6.6.6.6, 5.6.7.8, 10.0.0.2, 10.3.0.1', '5.6.7.8'],
    ['6.6.6.6,5.6.7.8,,10.0.0.2,', '5.6.7.8'],
    // All are trusted: the farthest.
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['5.6.7.8:1234', '5.6.7.8'],
    ['5.6.7.8:1234, 10.0.0.2:80', '5.6.7.8'],
    ['[2001:DB8::1]:4711', '2001:db8::1'],
    ['[2001:db8:0:0::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['"[2001:db8::1]:4711"', '2001:db8::1'],
    ['"5.6.7.8"', '5.6.7.8'],
    ['::ffff:5.6.7.8', '5.6.7.8'],
    ['[::ffff:5.6.7.8]:99', '5.6.7.8'],
    ['::ffff:506:708', '5.6.7.8'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:1', 'fe80::1'],
    ['5.6.7.8:_hidden', '5.6.7.8'],
    // Who called is hidden by a proxy that is trusted: it stands for its client.
    ['unknown', '10.0.0.1'],
    ['6.6.6.6, unknown', '10.0.0.1'],
    ['6.6.6.6, _secret, 10.0.0.2', '10.0.0.2'],
    ['6.6.6.6, not an address', '10.0.0.1'],
    ['5.6.7.8.9', '10.0.0.1'],
    ['999.6.7.8', '10.0.0.1'],
    ['[]', '10.0.0.1'],
    ['[5.6.7.8', '10.0.0.1'],
    ['', '10.0.0.1'],
    [',', '10.0.0.1'],
  ])('behind 10.0.0.1 that says %j is %s', (forwarded, client) => {
    expect(ip('10.0.0.1', forwarded, '10.0.0.0/8')).toBe(client);
  });

  it('may be behind proxies of both families', () => {
    expect(ip('::1', '5.6.7.8, fd00::2, 10.0.0.1', '::1', 'fd00::/8', '10.0.0.0/8')).toBe('5.6.7.8');
    expect(ip('fe80::1%eth0', '5.6.7.8', 'fe80::/10')).toBe('5.6.7.8');
  });

  it('is not for those who call without a proxy to choose', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const address = fc.tuple(fc.integer({ min: 11, max: 255 }), octet, octet, octet).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(address, fc.string(), fc.array(address), (real, junk, spoofed) => {
        expect(ip(real, [junk, ...spoofed].join(','), '10.0.0.0/8')).toBe(real);
        // And behind a proxy it is the one address that the proxy has added.
        expect(ip('10.0.0.1', [junk, ...spoofed, real].join(','), '10.0.0.0/8')).toBe(real);
      }),
    );
  });
});
