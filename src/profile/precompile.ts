/**
 * The build's last step: checks the profiles that come with the package, and keeps what it read of them.
 * @module
 */
import { loadProvider } from './load.js';
import { builtInProfiles } from './locate.js';
import { keep } from './precompiled.js';

for (const id of builtInProfiles()) keep(loadProvider(id));
