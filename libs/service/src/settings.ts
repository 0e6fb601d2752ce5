import { allowedHosts } from '#local-door';
import { logLevels } from '#telemetry';
import { z } from 'zod';
import { kafkaSettings } from './kafka-settings.js';

/** A TCP port; 0 lets the system choose one. */
export const port = z.coerce.number().int().min(0).max(65_535);
export const milliseconds = z.coerce.number().int().nonnegative();

/** The settings of every service. */
export const frameSettings = z.object({
  /** A Postgres server. The service's database is created on it if missing. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  ...kafkaSettings.shape,
  ADMIN_HOST: z.string().default('127.0.0.1'),
  ADMIN_PORT: port,
  /** Host names that the admin port accepts, beside localhost and IP addresses. */
  ALLOWED_HOSTS: allowedHosts,
  /** Default: the service's name and the process id. */
  INSTANCE_ID: z.string().default(''),
  /** The interval of sweeps of the outbox table. */
  OUTBOX_SWEEP_EVERY_MS: milliseconds.min(10).default(1_000),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  TRACE_EXPORT: z.enum(['none', 'memory', 'file', 'otlp']).default('memory'),
  TRACE_FILE: z.string().optional(),
  TRACES_PER_SECOND: z.coerce.number().nonnegative().default(50),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Shifts this service's wall clock, but not its leases and deadlines. For chaos runs. */
  TEST_CLOCK_OFFSET_MS: z.coerce.number().int().default(0),
});
export type FrameSettings = z.infer<typeof frameSettings>;
