/**
 * A header of a request on a socket, by the web's rules: names whatever their case, several of one name joined.
 * @module
 */

/**
 * Looked for among the few that came, which is quicker than making a table of them: most that are asked for are not there.
 *
 * @param raw names and values by turns, as node has them
 */
export function rawHeader(raw: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const given = raw[i]!;
    if (given.length !== name.length || (given !== name && given.toLowerCase() !== name.toLowerCase())) continue;
    const value = raw[i + 1]!;
    found = found === undefined ? value : `${found}${name.toLowerCase() === 'cookie' ? '; ' : ', '}${value}`;
  }
  return found;
}
