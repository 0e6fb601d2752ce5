export * from './single-flight.js';
