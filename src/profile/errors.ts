/**
 * Issues of a profile. Each names the position, the problem and the fix, and has a stable code.
 * @module
 */

/** An issue of a profile or its document. */
export interface ProfileIssue {
  /** Stable; `profile/unknown-key` … */
  readonly code: string;
  /** Empty for an issue of no file, such as the name of a profile that there is not. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
  /** Dotted path within the file; empty for the whole file. */
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
  /** Set if the profile can be served nevertheless. */
  readonly severity?: 'warning';
}

/** How many issues of one file are reported. Finding positions takes time, and the first ones are fixed first. */
export const MAX_ISSUES = 100;

/** A profile or an OpenAPI document that cannot be served. The message has one line per issue. */
export class ProfileError extends Error {
  override name = 'ProfileError';
  readonly issues: readonly ProfileIssue[];

  constructor(issues: readonly ProfileIssue[]) {
    const inOrder = [...issues].sort((a, b) => a.line - b.line || a.col - b.col);
    super(inOrder.map(formatIssue).join('\n'));
    this.issues = inOrder;
  }
}

/** Formats an issue: `file:line:col  path: problem; fix  [code]`, without the place if it is of no file. */
export function formatIssue({ code, file, line, col, path, problem, fix }: ProfileIssue): string {
  const where = path === '' ? '' : `${cut(path)}: `;
  const place = file === '' ? '' : `${file}:${line}:${col}  `;
  return oneLine(`${place}${where}${cut(problem)}; ${cut(fix)}  [${code}]`);
}

/** Truncates a text in the middle: names in a file may be of any length. */
function cut(text: string): string {
  return text.length > MAX_PART ? `${text.slice(0, MAX_PART / 2)}…${text.slice(-MAX_PART / 2)}` : text;
}

const MAX_PART = 600;

/** Escapes control characters as JSON does: keys and values may contain them. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** Characters. A longer word is hardly a misspelling. */
const MAX_WORD = 200;

/** The candidate with the smallest edit distance, if it is close enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD) return undefined;
  let best: string | undefined;
  let least = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const [a, b] = [word.toLowerCase(), candidate.toLowerCase()];
    // A prefix of a candidate, or a candidate with a suffix, counts as one change.
    const cut = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
    // The edit distance is at least the difference in length.
    if (!cut && Math.abs(a.length - b.length) >= least) continue;
    const difference = cut ? Math.min(1, Math.abs(a.length - b.length)) : editDistance(a, b);
    if (difference < least) [best, least] = [candidate, difference];
  }
  return best;
}

/** A suggestion for an unknown name: "did you mean …?" or the list of candidates. */
export function suggest(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `did you mean "${near}"?`;
  return candidates.length === 0 ? 'remove it' : `use one of: ${candidates.join(', ')}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
