// A small client of the AIclicks API that retries what may succeed later: refusals when it is told to, failures after 1 s, 2 s, 4 s …
// @ts-check
import { setTimeout as sleepFor } from 'node:timers/promises';

const BASE_URL = 'https://api.aiclicks.io';

/**
 * @param {string} key
 * @param {{ sleep?: (ms: number) => Promise<void>, attempts?: number }} [options]
 */
export function createClient(key, { sleep = (ms) => sleepFor(ms), attempts = 4 } = {}) {
  /**
   * @param {string} path
   * @returns {Promise<any>}
   */
  async function get(path) {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(BASE_URL + path, { headers: { Authorization: `Bearer ${key}` } }).catch(
        () => undefined,
      );
      if (response?.ok) return response.json();
      const again = response === undefined || response.status === 429 || response.status >= 500;
      if (!again || attempt === attempts) throw new Error(`GET ${path}: ${response?.status ?? 'no answer'}`);
      const told = response?.headers.get('Retry-After');
      await sleep(told ? Number(told) * 1_000 : 1_000 * 2 ** (attempt - 1));
    }
  }

  return {
    /** @returns {Promise<{ id: string, website: string }[]>} */
    async domains() {
      const { data } = await get('/api/v1/domains');
      return data.items;
    },
  };
}
