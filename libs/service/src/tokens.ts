import type { Clock } from '#clock';
import type { Bus, OutboxStore } from '#messaging';
import type { PgTransaction } from '#postgres';
import type { BatchParts } from '#saga';
import type { Ids } from '#snowflake';
import type { Log } from '#telemetry';
import { token } from './provide.js';
import type { ServiceOptions } from './service-options.js';
import type { FrameSettings } from './settings.js';

/** The frame's settings. A service's own settings are injected by the KEY of its namespace. */
export const SETTINGS = token<FrameSettings>('settings');
export const CLOCK = token<Clock>('clock');
export const IDS = token<Ids>('ids');
export const LOG = token<Log>('log');
export const BATCH_PARTS = token<BatchParts<PgTransaction>>('batch parts');
export const BUS = token<Bus>('bus');
/** The options of the service. */
export const SERVICE = token<ServiceOptions>('service');
/** The relay's access to the outbox table, on separate connections. */
export const OUTBOX_STORE = token<OutboxStore>('outbox store');
