/** A client for Node: its fetch trusts the certificates that NODE_EXTRA_CA_CERTS names. */
const headers = { 'X-API-Key': 'klinky_live_a' };
const response = await fetch(`${process.env.KLINKY_URL}/api/v1/public/links`, { headers });
console.log('node', response.status);
