/**
 * The worlds of a sandbox by profile, as a caller of the control plane names them.
 * @module
 */
import { suggest } from '../profile/errors.js';
import { Problem } from './problem.js';
import type { World } from './world.js';

/** @throws Problem when that profile is not served */
export function findWorld(
  worlds: ReadonlyMap<string, World>,
  profile: string,
  status: 400 | 404 = 404,
  field = 'profile',
): World {
  const world = worlds.get(profile);
  if (world) return world;
  const detail = `no profile "${profile}" is served; ${suggest(profile, [...worlds.keys()])}`;
  throw new Problem(status, 'unknown-profile', detail, field);
}

/** The one named, or the only one. @throws Problem */
export function namedOrOnly(worlds: ReadonlyMap<string, World>, profile: string | undefined): World {
  if (profile !== undefined) return findWorld(worlds, profile, 400);
  const [only, ...others] = worlds.values();
  if (only && others.length === 0) return only;
  const detail = `several profiles are served; name one of: ${[...worlds.keys()].join(', ')}`;
  throw new Problem(400, 'missing-profile', detail, 'profile');
}
