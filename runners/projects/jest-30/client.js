/** The client under test. It reads its base URL when it is called, and comes back once where it is refused. */
module.exports.links = async function links({ waits = true, wait = async () => {} } = {}) {
  const ask = () =>
    fetch(`${process.env.KLINKY_URL}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_a' } });
  const response = await ask();
  await response.text();
  if (response.status !== 429) return response.status;
  if (waits) await wait(Number(response.headers.get('Retry-After')));
  return (await ask()).status;
};
