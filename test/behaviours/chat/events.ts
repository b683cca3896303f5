/**
 * Reads server-sent events as the tests of streams see them.
 * @module
 */

/** An event of a stream: its name, if it has one, and its data as text. */
export interface ReadEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** The events of a complete stream. @throws Error if it does not end with an empty line */
export function eventsIn(text: string): ReadEvent[] {
  if (!text.endsWith('\n\n')) throw new Error(`the stream ends within an event: ${JSON.stringify(text.slice(-100))}`);
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      const lines = block.split('\n');
      const of = (field: string) =>
        lines.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
      return { event: of('event')[0], data: of('data').join('\n') };
    });
}

/** The data of an event, parsed as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: what a test reads is for the test to know
export function dataOf({ data }: ReadEvent): any {
  return JSON.parse(data);
}
