/**
 * How busy a process is: on a machine that has other things to do, the clock on the wall says little.
 * @module
 */
import { readFileSync } from 'node:fs';

/** Seconds that a process has had the processor; `undefined` where the system does not tell. */
export function busySeconds(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // utime and stime, in ticks of 10 ms (proc_pid_stat(5)).
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}
