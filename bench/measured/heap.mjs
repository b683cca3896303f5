/**
 * The heap, after collections that have also run the finalizers.
 */
const collect = globalThis.gc;
if (!collect) throw new Error('run it with node --expose-gc');

/** Bytes that are held, in the heap and in buffers. */
export async function held() {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
