/** A client for Node with the provider's real URL in it. Node heeds the variables of a proxy from versions 22.21 and 24.5 on. */
const URL = 'https://klinky-api.fly.dev/api/v1/public/links';
const response = await fetch(URL, { headers: { 'X-API-Key': 'klinky_live_a' } });
console.log('node', response.status);
