/**
 * Bodies of creations that the providers take.
 * @module
 */

/** Of Klinky. */
export const LINK = {
  name: 'One',
  variants: ['a', 'b'].map((label) => ({ label, destination_url: `https://example.com/${label}`, weight: 50 })),
};
