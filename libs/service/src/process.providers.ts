import type { FactoryProvider } from '@nestjs/common';
import { SystemClock, type Clock } from '#clock';
import { createLog, Metrics, Tracing, type Log } from '#telemetry';
import type { ZodObject } from 'zod';
import { AdminServer } from './admin-server.js';
import { kafkaSettingsAreWhole } from './kafka-settings.js';
import { readSettings } from './read-settings.js';
import { Readiness } from './readiness.js';
import type { ServiceOptions } from './service-options.js';
import { frameSettings, type FrameSettings } from './settings.js';
import { Shutdown } from './shutdown.js';
import { CLOCK, LOG, SETTINGS } from './tokens.js';

/** What a process has before it knows any other: its settings, time, telemetry, and a door to ask how it is. */
export function processProviders({ name, settings: own }: ServiceOptions): FactoryProvider[] {
  return [
    {
      provide: SETTINGS,
      useFactory: (): FrameSettings => {
        const schema: ZodObject = own ? own.safeExtend(frameSettings.shape) : frameSettings;
        const settings = readSettings(schema.superRefine(kafkaSettingsAreWhole)) as FrameSettings;
        return { ...settings, INSTANCE_ID: settings.INSTANCE_ID || `${name}-${process.pid}` };
      },
    },
    {
      provide: CLOCK,
      inject: [SETTINGS],
      useFactory: (settings: FrameSettings): Clock => new SystemClock(settings.TEST_CLOCK_OFFSET_MS),
    },
    {
      provide: LOG,
      inject: [SETTINGS],
      useFactory: (settings: FrameSettings): Log =>
        createLog({ service: name, instance: settings.INSTANCE_ID, level: settings.LOG_LEVEL }),
    },
    { provide: Metrics, inject: [CLOCK], useFactory: (clock: Clock) => new Metrics(clock) },
    {
      provide: Tracing,
      inject: [SETTINGS, Shutdown],
      useFactory: (settings: FrameSettings, shutdown: Shutdown) => {
        const tracing = new Tracing({
          service: name,
          instance: settings.INSTANCE_ID,
          export: settings.TRACE_EXPORT,
          file: settings.TRACE_FILE,
          otlpUrl: settings.OTEL_EXPORTER_OTLP_ENDPOINT && `${settings.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
          sample: settings.TRACE_SAMPLE,
        });
        shutdown.during('pools', 'the traces', () => tracing.close());
        return tracing;
      },
    },
    {
      provide: Shutdown,
      inject: [CLOCK, LOG],
      useFactory: (clock: Clock, log: Log) => new Shutdown(clock, log),
    },
    {
      provide: Readiness,
      inject: [CLOCK, Shutdown],
      useFactory: (clock: Clock, shutdown: Shutdown) =>
        new Readiness(clock, () => shutdown.begun, ['database', 'relay', 'consumer']),
    },
    {
      provide: AdminServer,
      inject: [SETTINGS, Metrics, Readiness, Shutdown],
      useFactory: async (settings: FrameSettings, metrics: Metrics, readiness: Readiness, shutdown: Shutdown) => {
        const admin = new AdminServer(metrics, readiness, settings.ALLOWED_HOSTS);
        await admin.listen(settings.ADMIN_HOST, settings.ADMIN_PORT);
        shutdown.during('pools', 'the admin server', () => admin.close());
        return admin;
      },
    },
  ];
}
