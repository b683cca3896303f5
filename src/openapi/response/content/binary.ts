/**
 * Small, valid files of binary formats, for answers whose content the document does not show.
 * @module
 */

/** Files in base64, by media type. */
const FILES: Readonly<Record<string, string>> = {
  // One transparent pixel each.
  'image/png': 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'image/gif': 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  'image/webp': 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
  'image/bmp': 'Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAAATCwAAEwsAAAAAAAAAAAAA////AA==',
  'image/jpeg':
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'image/x-icon': 'AAABAAEAAQEAAAEAGAAwAAAAFgAAACgAAAABAAAAAgAAAAEAGAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAD///8AAAAAAA==',
  // An empty archive.
  'application/zip': 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==',
  'application/gzip': 'H4sIAAAAAAAAAwMAAAAAAAAAAAA=',
  // Silence: a header, and 8 samples at 8 kHz.
  'audio/wav': 'UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA==',
  // The first box of a file without tracks.
  'video/mp4': 'AAAAGGZ0eXBpc29tAAACAGlzb21pc28y',
};

const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/vnd.microsoft.icon': 'image/x-icon',
  'application/x-zip-compressed': 'application/zip',
  'application/x-gzip': 'application/gzip',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
};

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>';

/** A file of a media type: a text or bytes. For a type that is not known, a few bytes. @param type without parameters, in lower case */
export function sampleFile(type: string): string | Uint8Array {
  if (type === 'image/svg+xml') return SVG;
  if (type === 'application/pdf') return pdf();
  const known = FILES[ALIASES[type] ?? type] ?? (type.startsWith('image/') ? FILES['image/png'] : undefined);
  return known === undefined ? Uint8Array.from({ length: 16 }, (_, i) => i * 16 + i) : bytesOf(known);
}

/** The bytes that a text in base64 stands for. */
export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** A document of one empty page. The table of its objects needs their positions. */
function pdf(): string {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>',
  ];
  let text = '%PDF-1.4\n';
  const positions = objects.map((object, i) => {
    const position = text.length;
    text += `${i + 1} 0 obj${object}endobj\n`;
    return `${String(position).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${positions.join('')}`;
  return `${text}${table}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
}
