/**
 * Texts that are put away where the garbage collector does not go, one behind the other in large pieces of memory. A piece goes when the last of its texts is
 * let go of.
 * @module
 */

/** Bytes of a piece. */
const PIECE = 256 * 1024;

export interface Piece {
  readonly bytes: Buffer;
  used: number;
}

export class Texts {
  #piece: Piece = { bytes: Buffer.alloc(0), used: 0 };
  /** Where in its piece the text begins that was put away last. */
  from = 0;

  /** @returns the piece that it is in, up to `used`; `undefined` where it is too long for any */
  put(text: string): Piece | undefined {
    // No character takes more than three bytes.
    const most = text.length * 3;
    if (most > PIECE) return undefined;
    if (this.#piece.used + most > this.#piece.bytes.byteLength)
      this.#piece = { bytes: Buffer.allocUnsafeSlow(PIECE), used: 0 };
    const piece = this.#piece;
    this.from = piece.used;
    piece.used += piece.bytes.write(text, piece.used, 'utf8');
    return piece;
  }
}
