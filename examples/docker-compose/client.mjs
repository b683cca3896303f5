/** Leaves one call of the hour, and sees whether the client notices. */
const { KLINKY_URL, MOCK429_CONTROL_TOKEN } = process.env;

const seeded = await fetch(`${KLINKY_URL}/__mock429/quotas`, {
  method: 'PUT',
  headers: { Authorization: `Bearer ${MOCK429_CONTROL_TOKEN}` },
  body: JSON.stringify({ policy: 'account-hour', partition: { account: 'default' }, remaining: 1 }),
});
if (!seeded.ok) throw new Error(await seeded.text());

for (let call = 1; call <= 3; call++) {
  const response = await fetch(`${KLINKY_URL}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_a' } });
  console.log(response.status, `${response.headers.get('X-RateLimit-Remaining')} left`);
  if (response.status === 429) {
    console.log('stopped');
    break;
  }
}
