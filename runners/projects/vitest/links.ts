/** The client under test. It comes back once where it is refused. */
export async function links(baseUrl: string, wait: (seconds: number) => unknown): Promise<number> {
  const ask = () => fetch(`${baseUrl}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_a' } });
  const response = await ask();
  await response.text();
  if (response.status !== 429) return response.status;
  await wait(Number(response.headers.get('Retry-After')));
  return (await ask()).status;
}
