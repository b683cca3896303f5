/**
 * All situations, by family.
 * @module
 */
import type { Situation } from '../situation.js';
import { bursts } from './bursts.js';
import { early } from './early.js';
import { sequential } from './sequential.js';

export const situations: readonly Situation[] = [...sequential, ...early, ...bursts];
