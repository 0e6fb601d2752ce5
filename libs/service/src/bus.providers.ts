import type { FactoryProvider } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import { KafkaJsBus, OutboxRelay, PostgresOutbox, StepTransport, type Bus } from '#messaging';
import { Database, type PgTransaction } from '#postgres';
import { BatchRunner, Commands, PostgresInbox, StepConsumer, type BatchParts } from '#saga';
import { Metrics, Tracing, type Log } from '#telemetry';
import { observeSteps } from './observe-steps.js';
import type { ServiceOptions } from './service-options.js';
import type { FrameSettings } from './settings.js';
import { Shutdown } from './shutdown.js';
import { StepRegistry } from './step-registry.js';
import { BUS, CLOCK, LOG, SETTINGS } from './tokens.js';

const BATCH_PARTS = Symbol('batch parts');

/** What a service says to others and hears from them. */
export function busProviders({ name }: ServiceOptions): FactoryProvider[] {
  return [];
}
