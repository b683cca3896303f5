/**
 * Addresses of stores, as they are given with `--store`.
 * @module
 */

/** Where a store is, and how to get in. */
export interface StoreAddress {
  /** One server; the nodes of a cluster, of which some are named; or sentinels, which know the server. */
  readonly kind: 'server' | 'cluster' | 'sentinel';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly isTls: boolean;
  /** A file with the certificates of the authorities that are trusted instead of the system's. */
  readonly caFile: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** All keys begin with `{prefix}:`. */
  readonly prefix: string;
  /** The name under which the sentinels know the server. */
  readonly master: string | undefined;
  /** The URL without user and password, for messages. */
  readonly display: string;
}

const SCHEMES = /^(?:redis|valkey)(s?)(?:\+(cluster|sentinel))?$|^(?:rediss|valkeys)$/;
const OPTIONS = ['prefix', 'tls-ca'];

/**
 * Reads the URL of a store:
 *
 * - `redis://[user[:password]@]host[:port][/database]`
 * - `redis+cluster://[user:password@]host:port,host:port/`
 * - `redis+sentinel://[user:password@]host:port,host:port/master-name[/database]`; the password is the server's, not that of the sentinels
 *
 * `rediss` and `rediss+…` use TLS. `valkey` and `valkeys` mean the same as `redis` and `rediss`. Options: `?prefix=NAME` (default `mock429`), `?tls-ca=FILE`.
 *
 * @throws Error naming the place, the problem and the fix, never the password
 */
export function parseStoreUrl(text: string): StoreAddress {
  const [, scheme = '', rest] = /^([a-z+]*):\/\/(.*)$/is.exec(text) ?? [];
  // A password may contain anything, also what else would end it.
  const at = rest?.lastIndexOf('@') ?? -1;
  const display =
    rest === undefined ? 'store URL' : `store URL ${scheme}://${at >= 0 ? '***@' : ''}${rest.slice(at + 1)}`;
  const fail = (problem: string): never => {
    throw new Error(`${display}: ${problem}`);
  };
  const known = SCHEMES.exec(scheme);
  if (rest === undefined || !known)
    return fail('the scheme is unknown; write redis://, rediss://, redis+cluster:// or redis+sentinel://');
  const kind = (/\+(cluster|sentinel)$/.exec(scheme)?.[1] ?? 'server') as StoreAddress['kind'];
  const [, hosts = '', path = '', query = ''] = /^([^/?#]*)([^?#]*)(?:\?(.*))?$/s.exec(rest.slice(at + 1)) ?? [];
  const nodes = hosts.split(',').map((host) => {
    const [, name, port = kind === 'sentinel' ? '26379' : '6379'] =
      /^(\[[\da-f:.]+\]|[^:[\]\s]+)(?::(\d+))?$/i.exec(host) ?? [];
    if (name === undefined || Number(port) < 1 || Number(port) > 65_535)
      return fail(`"${host}" is no address; write host or host:port`);
    return { host: name.replace(/^\[|\]$/g, ''), port: Number(port) };
  });
  if (kind === 'server' && nodes.length > 1)
    fail('several hosts are a cluster or sentinels; write redis+cluster:// or redis+sentinel://');
  const parts = path
    .split('/')
    .slice(1)
    .filter((part) => part !== '');
  const master = kind === 'sentinel' ? parts.shift() : undefined;
  if (kind === 'sentinel' && master === undefined)
    fail('the name of the server is missing; write it after the hosts: redis+sentinel://host:26379/NAME');
  const database = parts.shift() ?? '0';
  if (!/^\d{1,5}$/.test(database)) fail(`"${database}" is no database; write a number from 0`);
  if (kind === 'cluster' && database !== '0') fail('a cluster has database 0 only; leave the database out');
  if (parts.length > 0) fail(`"${parts[0]}" has no meaning here; end the URL after the database`);
  const options = new URLSearchParams(query);
  for (const name of options.keys())
    if (!OPTIONS.includes(name)) fail(`option "${name}" is unknown; there are ${OPTIONS.join(', ')}`);
  const isTls = /^(?:rediss|valkeys)/.test(scheme);
  const caFile = options.get('tls-ca') ?? undefined;
  if (caFile !== undefined && !isTls) fail('tls-ca needs TLS; write rediss:// instead of redis://');
  const prefix = options.get('prefix') ?? 'mock429';
  if (!/^[\w.:-]+$/.test(prefix)) fail(`prefix "${prefix}" is not usable; use letters, digits, "_", "-", "." and ":"`);
  const [user, ...secret] = at >= 0 ? rest.slice(0, at).split(':') : [];
  const decode = (part: string | undefined): string | undefined => {
    try {
      return part ? decodeURIComponent(part) : undefined;
    } catch {
      return fail('user or password is not percent-encoded; write "%" as %25');
    }
  };
  return {
    kind,
    nodes,
    isTls,
    caFile,
    username: decode(user),
    password: decode(secret.join(':')),
    database: Number(database),
    prefix,
    master,
    display,
  };
}
