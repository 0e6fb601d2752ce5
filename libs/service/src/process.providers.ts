import type { Provider } from '@nestjs/common';
import { SystemClock } from '#clock';
import type { views } from '#contracts';
import { createLog, Metrics, Tracing } from '#telemetry';
import { AdminServer } from './admin-server.js';
import { provide } from './provide.js';
import { Readiness } from './readiness.js';
import type { ServiceOptions } from './service-options.js';
import { Shutdown } from './shutdown.js';
import { CLOCK, LOG, SETTINGS } from './tokens.js';

/** Providers without I/O to other processes: settings, clock, telemetry, admin port. */
export function processProviders({ name, settings: namespace }: ServiceOptions): Provider[] {
  return [
    { provide: SETTINGS, useExisting: namespace.KEY },
    provide(CLOCK, [SETTINGS], (settings) => new SystemClock(settings.TEST_CLOCK_OFFSET_MS)),
    provide(LOG, [SETTINGS], (settings) =>
      createLog({ service: name, instance: settings.INSTANCE_ID, level: settings.LOG_LEVEL }),
    ),
    provide(Metrics, [CLOCK], (clock) => new Metrics(clock)),
    provide(Tracing, [SETTINGS, CLOCK, Shutdown], (settings, clock, shutdown) => {
      const tracing = new Tracing({
        service: name,
        instance: settings.INSTANCE_ID,
        clock,
        export: settings.TRACE_EXPORT,
        file: settings.TRACE_FILE,
        otlpUrl: settings.OTEL_EXPORTER_OTLP_ENDPOINT && `${settings.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
        tracesPerSecond: settings.TRACES_PER_SECOND,
      });
      shutdown.during('pools', 'the traces', () => tracing.close());
      return tracing;
    }),
    Shutdown,
    provide(
      Readiness,
      [CLOCK, Shutdown],
      (clock, shutdown) => new Readiness(clock, () => shutdown.begun, ['database', 'relay', 'consumer']),
    ),
    provide(
      AdminServer,
      [SETTINGS, Metrics, Tracing, Readiness, Shutdown],
      async (settings, metrics, tracing, readiness, shutdown) => {
        const admin = new AdminServer(metrics, readiness, settings.ALLOWED_HOSTS);
        admin.get('/charges/:id/spans', ({ params }): views.SpanView[] => tracing.spansOf(params['id']!));
        await admin.listen(settings.ADMIN_HOST, settings.ADMIN_PORT);
        shutdown.during('pools', 'the admin server', () => admin.close());
        return admin;
      },
    ),
  ];
}
