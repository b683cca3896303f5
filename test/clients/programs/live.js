/**
 * What every program here does: all requests of a day, one after the other, for several providers at the same time. `DAYS` has them as JSON.
 * @module
 */

/** @param {(step: {method: string, url: string, headers: Record<string, string>, body?: string}) => Promise<unknown>} send rejects where it has given up */
export async function live(send) {
  const days = JSON.parse(process.env['DAYS'] ?? '[]');
  await Promise.all(
    days.map(async (steps) => {
      for (const step of steps) {
        await send(step).catch((error) => console.log(`${step.method} ${step.url}: ${error.message}`));
      }
    }),
  );
}
