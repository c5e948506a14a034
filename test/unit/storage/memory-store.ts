/** A store that a test can look into and break. */
export { memoryStore } from '../../../src/testing/memory-store.js';
