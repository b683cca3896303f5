/**
 * Whether a server can hold the log.
 * @module
 */
import { LogError } from '../shared-log.js';

/**
 * Checks what a server says of itself.
 *
 * @param info the reply of INFO
 * @param store the store, for the message
 * @throws LogError `unfit`, with the fix
 */
export function checkServer(info: string, store: string): void {
  const fields = new Map(
    info.split(/\r?\n/).map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name, value.join(':')] as const;
    }),
  );
  const isValkey = fields.get('server_name') === 'valkey';
  const version = (isValkey ? fields.get('valkey_version') : fields.get('redis_version')) ?? 'of unknown version';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (isValkey ? !(major > 7 || (major === 7 && minor >= 2)) : !(major >= 7))
    throw new LogError(
      'unfit',
      `${store}: the server is ${isValkey ? 'Valkey' : 'Redis'} ${version}; use Redis 7 or newer, or Valkey 7.2 or newer`,
    );
  const policy = fields.get('maxmemory_policy');
  if (Number(fields.get('maxmemory') ?? 0) > 0 && policy !== undefined && policy !== 'noeviction')
    throw new LogError(
      'unfit',
      `${store}: maxmemory-policy is ${policy}, so the server could delete keys of the log; set it to noeviction: CONFIG SET maxmemory-policy noeviction`,
    );
}
