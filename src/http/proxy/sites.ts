/**
 * The providers by the origins of their base URLs.
 * @module
 */
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Site } from '../socket/fast-path.js';

/** The providers that a proxy answers for. */
export interface Sites {
  /** Their origins: `https://api.example.com`. */
  readonly origins: readonly string[];
  /** Whether a host is one of theirs. @param authority `name:port` */
  has(authority: string): boolean;
  /**
   * The provider that answers a path at a host.
   *
   * @param scheme `http` or `https`
   * @param authority `name`, or `name:port`
   */
  at(scheme: string, authority: string, path: string): Site | undefined;
}

interface Candidate {
  readonly id: string;
  /** Path of the base URL without a trailing slash. */
  readonly basePath: string;
}

/** Reads the base URLs of the served providers. Of several at one host, the one whose base URL or operations fit the path answers. */
export function createSites(sandbox: Sandbox): Sites {
  const byOrigin = new Map<string, Candidate[]>();
  for (const id of sandbox.profiles) {
    const { origin, pathname } = new URL(sandbox.provider(id).profile.baseUrl);
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), { id, basePath: pathname.replace(/\/$/, '') }]);
  }
  // A client may be told to use http where the base URL is https. The host is the provider's all the same.
  const find = (scheme: string, authority: string) => {
    const other = scheme === 'https' ? 'http' : 'https';
    return (
      byOrigin.get(originOf(scheme, authority)) ?? byOrigin.get(originOf(other, authority.replace(/:(?:80|443)$/, '')))
    );
  };
  return {
    origins: [...byOrigin.keys()],
    has: (authority) => (find('https', authority) ?? find('http', authority)) !== undefined,
    at(scheme, authority, path) {
      const candidates = find(scheme, authority);
      if (!candidates) return undefined;
      const profile = candidates.length === 1 ? candidates[0]!.id : choose(candidates, path, sandbox);
      return { sandbox: '', profile, origin: originOf(scheme, authority) };
    },
  };
}

function choose(candidates: readonly Candidate[], path: string, sandbox: Sandbox): string {
  const under = candidates.filter(({ basePath }) => path === basePath || path.startsWith(`${basePath}/`));
  const longest = Math.max(...under.map(({ basePath }) => basePath.length));
  const best = under.filter(({ basePath }) => basePath.length === longest);
  const fitting = best.find(({ id }) => sandbox.provider(id).router.methods(path).length > 0);
  return (fitting ?? best[0] ?? candidates[0]!).id;
}

function originOf(scheme: string, authority: string): string {
  const name = authority.toLowerCase();
  return `${scheme}://${scheme === 'https' ? name.replace(/:443$/, '') : name.replace(/:80$/, '')}`;
}
