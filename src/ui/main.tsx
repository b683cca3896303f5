/**
 * Starts the page.
 * @module
 */
import { render } from 'hono/jsx/dom';
import { App } from './app.js';
import { Api } from './data/api.js';
import { Store } from './data/store.js';
import { applyTheme } from './parts/theme.js';

applyTheme();
const store = new Store(new Api(location.pathname));
render(<App store={store} />, document.getElementById('app')!);
