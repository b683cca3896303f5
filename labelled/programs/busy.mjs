/**
 * Computes for as long as the process that started it is there. No client.
 * @module
 */
const parent = process.ppid;
while (process.ppid === parent) {
  const until = Date.now() + 100;
  while (Date.now() < until);
}
