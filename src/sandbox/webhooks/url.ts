/**
 * What the URL of a webhook may be, wherever it leads.
 * @module
 */

/** Why no webhook may be sent to a URL. */
export interface UrlFault {
  /** Follows a subject: "contains …". */
  readonly problem: string;
  readonly fix: string;
}

/** Checks the text of a URL. @returns `undefined` where a webhook may be sent to it, as far as its text shows */
export function faultOfUrl(text: string): UrlFault | undefined {
  if (/[\p{Cc}\s\\]/u.test(text))
    return { problem: 'contains blanks, control characters or backslashes', fix: 'percent-encode them' };
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    return { problem: 'is not an http:// or https:// URL', fix: 'write one such as http://127.0.0.1:9999/hooks' };
  if (/^\w+:\/*[^/?#]*@/.test(text))
    return { problem: 'contains a user or a password', fix: 'leave out all up to the @; deliveries can be signed' };
  if (/%(?:[01][0-9a-f]|7f)/i.test(new URL(text).pathname))
    return { problem: 'contains control characters in its path', fix: 'leave them out' };
  return undefined;
}
