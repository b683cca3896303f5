/** A client for Node that takes its provider's URL from the environment. It trusts the certificates that NODE_EXTRA_CA_CERTS names. */
const base = process.env['KLINKY_URL'] ?? 'https://klinky-api.fly.dev';
const response = await fetch(`${base}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_a' } });
console.log('node', response.status);
