/**
 * All situations, by family.
 * @module
 */
import type { Situation } from '../situation.js';
import { bursts } from './bursts.js';
import { early } from './early.js';
import { failures } from './failures.js';
import { severalKeys } from './keys.js';
import { libraries } from './libraries.js';
import { herds, neverAdmitted } from './limits.js';
import { pools } from './pools.js';
import { processes } from './processes.js';
import { economy, entityTags, polls } from './reads.js';
import { creations, futile, oneWrite } from './requests.js';
import { sequential } from './sequential.js';
import { told } from './told.js';
import { journals, tooLong } from './waits.js';
import { aborts, pipelined, redirected } from './wire.js';

/** The labelled set, in the order in which it is run. Ids are unique. */
export const situations: readonly Situation[] = [
  ...sequential,
  ...early,
  ...told,
  ...bursts,
  ...pools,
  ...processes,
  ...pipelined,
  ...aborts,
  ...redirected,
  ...failures,
  ...creations,
  ...oneWrite,
  ...futile,
  ...severalKeys,
  ...polls,
  ...entityTags,
  ...economy,
  ...neverAdmitted,
  ...herds,
  ...tooLong,
  ...journals,
  ...libraries,
];
