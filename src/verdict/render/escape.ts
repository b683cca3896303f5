/**
 * Escaping of untrusted text (paths, credentials, page titles) for reports.
 * @module
 */

/** Control characters, lone surrogates, line breaks, direction marks, and characters that XML does not allow. */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/**
 * Makes text safe for one line of a terminal. Replaces ASCII control characters with their symbols (`␊` for a line break) and other unsafe characters with `�`.
 */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}

/** Escapes text for an XML element or a double-quoted attribute. */
export function escapeXml(text: string): string {
  return sanitize(text).replace(/[&<>"]/g, (char) => ENTITIES[char]!);
}

/** Escapes text for one line or table cell of GitHub's Markdown, so that it contains no markup and no automatic link. */
export function markdownText(text: string): string {
  return sanitize(text)
    .replace(/[\\`*_~[\]|$]/g, '\\$&')
    .replace(/[&<>]/g, (char) => ENTITIES[char]!)
    .replace(/(?<=:)\/|(?<=www)\./gi, '\\$&');
}

/** Returns a Markdown link if the URL is a web address, otherwise the escaped title. */
export function markdownLink(title: string, url: string | undefined): string {
  const address = webAddress(url);
  return address === undefined ? markdownText(title) : `[${markdownText(title)}](${address})`;
}

/**
 * Normalizes an absolute `http` or `https` URL so that it is valid wherever a URI is expected. Drops user name and password. Returns `undefined` for any other
 * URL.
 */
export function webAddress(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, origin, pathname, search, hash } = new URL(url);
  if (!/^https?:$/.test(protocol)) return undefined;
  // Parentheses are valid in a URI, but would end a Markdown link.
  const rest = `${pathname}${search}${hash}`.replace(
    /[^\w\-.~:/?#@!$&'*+,;=%]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return origin + rest;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
