/**
 * What errors of the client and of the server mean for a replica.
 * @module
 */
import { LogError } from '../shared-log.js';

/** Replies that say that the user may not do what the log needs, and what to do about each. */
const REFUSALS: readonly (readonly [pattern: RegExp, fix: string])[] = [
  [
    /WRONGPASS|invalid password|invalid username-password/i,
    'the server does not accept the user or the password; correct them in the store URL',
  ],
  [/NOAUTH/, 'the server wants a password; write it in the store URL: redis://user:password@host'],
  [
    /certificate|altnames/i,
    "this process does not trust the server's certificate; name a file with its authority: ?tls-ca=FILE, or NODE_EXTRA_CA_CERTS",
  ],
  [/ENOENT|EACCES/, 'a file that the store URL names cannot be read'],
  [/channel/i, 'the user may not use the channels of the log; allow them: ACL SETUSER name &{prefix}:*'],
  [
    /access one of the keys|permissions to access a key|can't access at least one of the keys/i,
    'the user may not use the keys of the log; allow them: ACL SETUSER name ~{prefix}:*',
  ],
  [
    /NOPERM|can't run this command|no permissions/i,
    'the user may not run the commands of the log; allow them: ACL SETUSER name +@read +@write +@scripting +@pubsub +@connection +info +time',
  ],
  [/unknown command/i, 'the server does not know a command of the log; use Redis 7 or newer, or Valkey 8 or newer'],
  [/DB index is out of range|invalid DB index/i, 'the server does not have this database; correct it in the store URL'],
];

/** An error of the client as one of the log. @param store where it happened, without password */
export function toLogError(error: unknown, store: string): LogError {
  if (error instanceof LogError) return error;
  const message = error instanceof Error ? error.message || error.name : String(error);
  const refusal = REFUSALS.find(([pattern]) => pattern.test(message));
  if (refusal) return new LogError('unfit', `${store}: ${refusal[1]} (${firstLine(message)})`, { cause: error });
  return new LogError('unreachable', `${store}: ${firstLine(message)}`, { cause: error });
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]!;
}
