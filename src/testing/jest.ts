export { createMock } from '../mock.js';
