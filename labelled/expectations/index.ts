/**
 * All situations, by family.
 * @module
 */
import type { Situation } from '../situation.js';
import { bursts } from './bursts.js';
import { early } from './early.js';
import { failures } from './failures.js';
import { libraries } from './libraries.js';
import { pools } from './pools.js';
import { processes } from './processes.js';
import { sequential } from './sequential.js';
import { aborts, pipelined, redirected } from './wire.js';

export const situations: readonly Situation[] = [
  ...sequential,
  ...early,
  ...bursts,
  ...pools,
  ...processes,
  ...pipelined,
  ...aborts,
  ...redirected,
  ...failures,
  ...libraries,
];
