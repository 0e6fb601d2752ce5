export * from './span-tree.js';
export * from './spans.client.js';
