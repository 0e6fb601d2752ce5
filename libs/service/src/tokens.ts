/** Of what has no class to be injected by: ports, and plain values. */
export const SETTINGS = Symbol('settings');
/** `Clock` of #clock. */
export const CLOCK = Symbol('clock');
/** `Ids` of #snowflake. */
export const IDS = Symbol('ids');
/** `Log` of #telemetry. */
export const LOG = Symbol('log');
/** `BatchParts` of #saga. */
export const BATCH_PARTS = Symbol('batch parts');
/** `Bus` of #messaging. */
export const BUS = Symbol('bus');
/** `ServiceOptions`: what the service is. */
export const SERVICE = Symbol('service');
/** `OutboxStore` of #messaging, on connections of the relay's own. */
export const OUTBOX_STORE = Symbol('outbox store');
