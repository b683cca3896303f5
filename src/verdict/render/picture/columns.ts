/**
 * Stacks of marks: requests that arrive too close together for marks side by side stand on top of each other.
 * @module
 */
import type { Mark } from './scene.js';

/** The marks of one place on the axis. */
export interface Column {
  /** Position in the units of the width. */
  readonly x: number;
  /** From the bottom up. Those of the finding come first. */
  readonly marks: readonly Mark[];
  /** Number of further marks that the stack is too low for. */
  readonly more: number;
}

/**
 * Stacks the marks of a lane.
 *
 * @param marks in order of arrival
 * @param width width of the axis
 * @param markWidth least distance between two columns
 * @param most highest stack; marks of the finding are always in it
 */
export function columnsOf(marks: readonly Mark[], width: number, markWidth: number, most: number): readonly Column[] {
  const columns: { x: number; marks: Mark[] }[] = [];
  for (const mark of [...marks].sort((a, b) => a.x - b.x)) {
    const x = mark.x * width;
    const last = columns.at(-1);
    const isAfterKnown = mark.role === 'accused' && last?.marks.some(({ role }) => role === 'known') === true;
    if (!last || x - last.x >= markWidth) columns.push({ x, marks: [mark] });
    // The two requests that the picture is about stand apart, however soon one follows the other.
    else if (isAfterKnown) columns.push({ x: last.x + 2 * markWidth, marks: [mark] });
    else last.marks.push(mark);
  }
  return columns.map(({ x, marks: own }) => {
    const ordered = [...own].sort((a, b) => importance(a) - importance(b));
    const kept = ordered.filter((mark, i) => i < most || mark.role !== 'other');
    return { x, marks: kept, more: own.length - kept.length };
  });
}

/** A refused request says more than an admitted one where there is room for one of them only. */
function importance({ role, kind }: Mark): number {
  if (role !== 'other') return ['known', 'accused', 'shown'].indexOf(role);
  return kind === 'refused' ? 3 : kind === 'failed' ? 4 : 5;
}
