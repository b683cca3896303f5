/**
 * Texts that are put away where the garbage collector does not go, one behind the other in large pieces of memory. A piece goes when the last of its texts is
 * let go of.
 * @module
 */

/** Bytes of a piece. */
const SIZE = 256 * 1024;

export class Piece {
  readonly #bytes = Buffer.allocUnsafeSlow(SIZE);
  /** Bytes that are taken. */
  used = 0;

  write(text: string): void {
    this.used += this.#bytes.write(text, this.used, 'utf8');
  }

  read(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, to);
  }
}

export class Texts {
  #piece: Piece | undefined;
  /** Where in its piece the text begins that was put away last. */
  from = 0;

  /** @returns the piece that it is in, up to `used`; `undefined` where it is too long for any */
  put(text: string): Piece | undefined {
    // No character takes more than three bytes.
    const most = text.length * 3;
    if (most > SIZE) return undefined;
    if (!this.#piece || this.#piece.used + most > SIZE) this.#piece = new Piece();
    this.from = this.#piece.used;
    this.#piece.write(text);
    return this.#piece;
  }
}
