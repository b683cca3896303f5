/**
 * The flags of HTTPS and of the proxy.
 * @module
 */
import { type Command, Option } from 'commander';
import type { ListenAt } from '../../http/listening.js';
import { OptionError } from '../../options/options.js';

/** Parsed flags, as Commander names them. */
export interface TransportFlags {
  https?: boolean;
  tlsCert?: string;
  tlsKey?: string;
  tlsFolder?: string;
  proxy?: boolean;
  proxyUnknown?: 'refuse' | 'pass';
}

/** Adds the flags to a command. */
export function addTransportOptions(command: Command): Command {
  return command
    .option('--https', 'serve HTTPS and HTTP/2, with a certificate that a CA made for this user signs')
    .option('--tls-cert <file>', 'certificate to use with --https in place of a made one, with its chain, in PEM form')
    .option('--tls-key <file>', 'private key of --tls-cert, in PEM form')
    .option(
      '--tls-folder <folder>',
      "folder of the made CA (ca.pem) and certificates (default: mock429-tls-UID in the system's temporary folder)",
    )
    .option(
      '--proxy',
      "serve as an HTTP proxy as well: requests for the hosts of the providers' base URLs are answered here, https included",
    )
    .addOption(
      new Option(
        '--proxy-unknown <what>',
        'requests for other hosts: refuse them, or pass them on for clients on this machine (default: refuse)',
      ).choices(['refuse', 'pass']),
    );
}

/** The options of `listen()`. @throws OptionError where flags do not fit together */
export function transportOf(flags: TransportFlags): Pick<ListenAt, 'https' | 'proxy'> {
  const { tlsCert: cert, tlsKey: key, tlsFolder: folder } = flags;
  if ((cert === undefined) !== (key === undefined))
    throw new OptionError(
      cert === undefined ? '--tls-key needs --tls-cert; give both' : '--tls-cert needs --tls-key; give both',
    );
  if (flags.proxyUnknown !== undefined && !flags.proxy) throw new OptionError('--proxy-unknown is for --proxy; add it');
  const isSecure = flags.https || cert !== undefined;
  if (folder !== undefined && !isSecure && !flags.proxy)
    throw new OptionError('--tls-folder is for --https or --proxy; add one');
  const settings = {
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(folder === undefined ? {} : { folder }),
  };
  return {
    ...(isSecure ? { https: settings } : {}),
    ...(flags.proxy
      ? { proxy: { unknown: flags.proxyUnknown ?? 'refuse', ...(folder === undefined ? {} : { folder }) } }
      : {}),
  };
}
