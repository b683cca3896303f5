/** The client under test. It asks again once, when it was told to. */
module.exports.listLinks = async function listLinks(wait) {
  const ask = () =>
    fetch(`${process.env.KLINKY_URL}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_example' } });
  let response = await ask();
  if (response.status === 429) {
    await wait(Number(response.headers.get('Retry-After')) * 1000);
    response = await ask();
  }
  const { items } = await response.json();
  return items.map(({ slug }) => slug);
};
