/**
 * The public types of a listening server. They live apart from the server, so that they depend on no Node types.
 * @module
 */

/** Options of `listen()`. */
export interface ListenAt {
  /** TCP port. Default: 0, any free port. */
  readonly port?: number;
  /** Address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** Serves HTTPS and HTTP/2 with a made certificate (`true`), or as the settings say. Default: false. */
  readonly https?: boolean | HttpsSettings;
  /** Serves as a proxy as well: clients reach the providers by their own URLs. Default: false. */
  readonly proxy?: boolean | ProxySettings;
}

/** Settings of HTTPS. */
export interface HttpsSettings {
  /** Folder of the made certificates. Default: `mock429-tls-UID` in the system's temporary folder. */
  readonly folder?: string;
  /** File of a certificate of your own, with its chain, in PEM form. Needs `key`. */
  readonly cert?: string;
  /** File of its private key, in PEM form. */
  readonly key?: string;
}

/** Settings of the proxy. */
export interface ProxySettings {
  /** What happens to requests for hosts that are not served: they are refused with 403 (default), or passed on for clients on this machine. */
  readonly unknown?: 'refuse' | 'pass';
  /** Folder of the made certificates, where `https` names none. */
  readonly folder?: string;
}

/** A server that listens on a port. */
export interface Listening {
  /** Base URL without a trailing slash: `http://127.0.0.1:4290`, or `https://…`. */
  readonly url: string;
  /** The TCP port. */
  readonly port: number;
  /** The certificates that clients must trust, in PEM form: the made CA, or those of your own, or both (own ones with `proxy`). Only with `https` or `proxy`. */
  readonly ca?: string;
  /** The file with `ca`. */
  readonly caFile?: string;
  /** URL for `HTTP_PROXY` and `HTTPS_PROXY`. Only with `proxy`. */
  readonly proxyUrl?: string;
  /** Stops accepting connections, finishes the requests in flight and closes the server. */
  close(): Promise<void>;
}

/** The server cannot listen on the port. The message names the port and the fix. */
export class ListenError extends Error {
  override name = 'ListenError';
}

/** A certificate, a key or their folder cannot be used. The message names the file, the problem and the fix. */
export class CertificateError extends Error {
  override name = 'CertificateError';
}
