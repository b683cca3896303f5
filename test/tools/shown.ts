/**
 * Files that a document shows as they are: the text of a block that names one (`file=…`) is the file's.
 * @module
 */

/** A block that names a file: its first line, its text, its last line. */
const BLOCK = /^(```\w+ file=(\S+)\n)((?:(?!```).*\n)*?)(```)$/gm;

/** The document with each block's text read again. */
export function showFiles(document: string, read: (file: string) => string): string {
  return document.replace(
    BLOCK,
    (_, first: string, file: string, __: string, last: string) => first + read(file) + last,
  );
}

/** Which files it shows. */
export function shownFiles(document: string): string[] {
  return [...document.matchAll(BLOCK)].map(([, , file]) => file!);
}
