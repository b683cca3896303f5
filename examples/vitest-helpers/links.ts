/** The client under test. It asks again once, when it was told to. */
export async function listLinks(baseUrl: string, wait: (ms: number) => unknown): Promise<string[]> {
  const ask = () => fetch(`${baseUrl}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_example' } });
  let response = await ask();
  if (response.status === 429) {
    await wait(Number(response.headers.get('Retry-After')) * 1000);
    response = await ask();
  }
  const { items } = (await response.json()) as { items: { slug: string }[] };
  return items.map(({ slug }) => slug);
}
