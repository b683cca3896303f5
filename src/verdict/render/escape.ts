/**
 * Text that came from outside (paths, credentials, pages' titles) as it may stand in a report, whatever is in it.
 * @module
 */

/** Controls, halves of characters, breaks of lines, changes of direction, and what XML has no place for. */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** On one line, and without power over a terminal: a line break shows as `␊`, the other controls of ASCII as their pictures as well. */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}

/** For an element or an attribute in double quotes. */
export function escapeXml(text: string): string {
  return sanitize(text).replace(/[&<>"]/g, (char) => ENTITIES[char]!);
}

/** For a line or a table's cell of GitHub's Markdown, in which it is neither markup nor a link. */
export function markdownText(text: string): string {
  return sanitize(text)
    .replace(/[\\`*_~[\]|$]/g, '\\$&')
    .replace(/[&<>]/g, (char) => ENTITIES[char]!)
    .replace(/(?<=:)\/|(?<=www)\./gi, '\\$&');
}

/** A link where the page has an address on the web, else its title alone. */
export function markdownLink(title: string, url: string | undefined): string {
  const address = webAddress(url);
  return address === undefined ? markdownText(title) : `[${markdownText(title)}](${address})`;
}

/** An address that may stand wherever a URI is expected: absolute, `http` or `https`, nothing in it that a URI has no place for. */
export function webAddress(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, origin, pathname, search, hash } = new URL(url);
  if (!/^https?:$/.test(protocol)) return undefined;
  // Parentheses are fit for a URI, and would end a link of Markdown.
  const rest = `${pathname}${search}${hash}`.replace(
    /[^\w\-.~:/?#@!$&'*+,;=%]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return origin + rest;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
