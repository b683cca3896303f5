/**
 * The name of a lane.
 * @module
 */
import type { Lane } from '../model/marks.js';
import { HashMark } from './hash-mark.js';

/**
 * The name of a lane, cut where there is no room, and the hash of its credential where the name alone is ambiguous. Of a masked credential the beginning is cut: what
 * distinguishes it is its end.
 */
export function LaneName({ lane: { name, hash } }: { readonly lane: Lane }) {
  const place = name.indexOf('…');
  return (
    <span class="lane-name" title={hash === undefined ? name : `${name}, credential #${hash}`}>
      {place < 0 ? (
        <span class="ellipsis">{name}</span>
      ) : (
        <>
          <span class="name-start">{name.slice(0, place)}</span>
          <span class="name-end">{name.slice(place)}</span>
        </>
      )}
      <HashMark hash={hash} />
    </span>
  );
}
