export * from './bus.js';
export * from './kafka-js-bus.js';
export * from './outbox.repository.js';
export * from './outbox-relay.js';
export * from './outbox-store.js';
export * from './shard.js';
export * from './step-transport.js';
export { decode, encode, MAX_RECORD_LENGTH, type RawRecord, type WireRecord } from './cloud-event-wire.js';
