/** The client under test. */

/** Names of the account's links. @throws Refused */
export async function listLinks(baseUrl: string): Promise<string[]> {
  const response = await fetch(`${baseUrl}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_example' } });
  if (response.status === 429) throw new Refused(Number(response.headers.get('Retry-After')));
  if (!response.ok) throw new Error(`Klinky answered ${response.status}`);
  const { items } = (await response.json()) as { items: { slug: string }[] };
  return items.map(({ slug }) => slug);
}

export class Refused extends Error {
  constructor(readonly seconds: number) {
    super(`come back in ${seconds} s`);
  }
}
