import { allowedHosts } from '#local-door';
import { logLevels } from '#telemetry';
import { z } from 'zod';

/** A TCP port; 0 lets the system choose one. */
export const port = z.coerce.number().int().min(0).max(65_535);
export const milliseconds = z.coerce.number().int().nonnegative();

/** What every service reads from its environment. */
export const frameSettings = z.object({
  /** A Postgres server. The service's own database is created on it when missing. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  /** `host:port`, separated by commas. */
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, 'expected host:port')).min(1)),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  ADMIN_PORT: port,
  /** Host names under which the admin door answers, beside localhost and IP addresses. */
  ALLOWED_HOSTS: allowedHosts,
  /** Default: the service's name and the process id. */
  INSTANCE_ID: z.string().default(''),
  /** How often the outbox is read for rows that nobody handed over. */
  OUTBOX_SWEEP_EVERY_MS: milliseconds.min(10).default(1_000),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  TRACE_EXPORT: z.enum(['none', 'file', 'otlp']).default('none'),
  TRACE_FILE: z.string().optional(),
  TRACE_SAMPLE: z.coerce.number().min(0).max(1).default(1),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Shifts this service's wall time; its leases and deadlines stay on real time. For chaos runs. */
  TEST_CLOCK_OFFSET_MS: z.coerce.number().int().default(0),
});
export type FrameSettings = z.infer<typeof frameSettings>;

export class SettingsError extends Error {
  readonly code = 'settings';
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(`the environment is not usable: ${problems.join('; ')}`);
  }
}

/**
 * The environment, validated. A variable that is set to nothing counts as not set.
 *
 * @throws SettingsError that names every problem at once
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new SettingsError(
    read.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const isMissing = given[name] === undefined && issue.code !== 'custom';
      return isMissing ? `${name} is not set` : `${name}: ${issue.message}`;
    }),
  );
}
