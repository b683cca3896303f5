/**
 * A project that has installed the package from npm, as far as it can tell: from a file that npm has packed.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../tools/child.js';

/** Lists links three times. Told to be hasty, it has none left, and comes back at once when it is refused. */
const CLIENT = `
const { KLINKY_URL = process.env.MOCK429_URL, MOCK429_CONTROL_URL, HASTE } = process.env;
if (HASTE) {
  const quota = { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 };
  await fetch(MOCK429_CONTROL_URL + '/quotas', { method: 'PUT', body: JSON.stringify(quota) });
}
for (let i = 0; i < (HASTE ? 3 : 1); i++) {
  const response = await fetch(KLINKY_URL + '/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_aaaabbbb' } });
  console.log('status', response.status);
}
`;

/** Why the package's dependencies could not be fetched; `undefined` when they were. */
export type Unreachable = string | undefined;

/** Packs what is built, and installs it in a new folder whose tests are the client above. */
export async function installedProject(folder: string, built: string): Promise<Unreachable> {
  const pack = await start('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: built }).ended;
  if (pack.code !== 0) throw new Error(`npm pack ended with ${pack.code}:\n${pack.stderr}`);
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'client.mjs'), CLIENT);
  const packed = `file:${join(folder, pack.stdout.trim().split('\n').at(-1)!)}`;
  const manifest = { private: true, scripts: { test: 'node client.mjs' }, devDependencies: { mock429: packed } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  // Soon again, once: a registry that is out of reach is not waited for.
  const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=200', '--fetch-retry-maxtimeout=200'];
  // What is written is the lock file that `npm ci` goes by.
  const args = ['install', '--package-lock-only', '--prefer-offline', '--no-audit', '--no-fund', ...retries];
  const { code, stdout, stderr } = await start('npm', args, { cwd: project }).ended;
  if (code === 0) return undefined;
  const reasons =
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|E5\d\d)\b/;
  const [reason] = reasons.exec(stderr) ?? [];
  if (reason === undefined) throw new Error(`npm install ended with ${code}:\n${stdout}${stderr}`);
  return `npm could not fetch the package's dependencies (${reason}): the registry is out of reach`;
}
