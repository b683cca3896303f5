/**
 * The name of a lane.
 * @module
 */
import type { Lane } from '../model/marks.js';
import { HashMark } from './hash-mark.js';

/** The name of a lane, cut where there is no room, and the hash of its credential where the name alone is ambiguous. */
export function LaneName({ lane: { name, hash } }: { readonly lane: Lane }) {
  return (
    <span class="lane-name" title={hash === undefined ? name : `${name}, credential #${hash}`}>
      <span class="ellipsis">{name}</span>
      <HashMark hash={hash} />
    </span>
  );
}
