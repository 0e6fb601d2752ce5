import { z } from 'zod';
import type { KafkaConnection } from '#messaging';
import { readSettings } from './read-settings.js';

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** Kafka's brokers, authentication and encryption. */
export const kafkaSettings = z.object({
  /** `host:port`, comma-separated. */
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, 'expected host:port')).min(1)),
  KAFKA_SASL_MECHANISM: z.enum(mechanisms).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SSL: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
  /** PEM files: the authorities to trust instead of Node's list; the client's certificate and its key. */
  KAFKA_SSL_CA_FILE: z.string().optional(),
  KAFKA_SSL_CERT_FILE: z.string().optional(),
  KAFKA_SSL_KEY_FILE: z.string().optional(),
});
type KafkaSettings = z.infer<typeof kafkaSettings>;

const together = {
  login: ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
  certificate: ['KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE'],
} as const;

/** For `superRefine`: settings that depend on each other are all set, or none. */
export function kafkaSettingsAreWhole(settings: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  for (const names of Object.values(together)) {
    const set = names.filter((name) => settings[name] !== undefined);
    const missing = names.filter((name) => settings[name] === undefined);
    if (set.length === 0 || missing.length === 0) continue;
    context.addIssue({
      code: 'custom',
      path: [set[0]!],
      message: `set ${missing.join(' and ')} too, or none of ${names.join(', ')}`,
    });
  }
  const files = (['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE'] as const).filter(
    (name) => settings[name] !== undefined,
  );
  if (files.length > 0 && !settings.KAFKA_SSL) {
    context.addIssue({ code: 'custom', path: [files[0]!], message: 'it is used with KAFKA_SSL=true only' });
  }
}

export function kafkaConnection(settings: KafkaSettings): KafkaConnection {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = settings;
  return {
    brokers: settings.KAFKA_BROKERS,
    ...(mechanism !== undefined && username !== undefined && password !== undefined
      ? { sasl: { mechanism, username, password } }
      : {}),
    ...(settings.KAFKA_SSL
      ? {
          tls: {
            caFile: settings.KAFKA_SSL_CA_FILE,
            certFile: settings.KAFKA_SSL_CERT_FILE,
            keyFile: settings.KAFKA_SSL_KEY_FILE,
          },
        }
      : {}),
  };
}

/** For programs other than services. @throws SettingsError */
export function readKafkaConnection(environment: NodeJS.ProcessEnv): KafkaConnection {
  return kafkaConnection(readSettings(kafkaSettings.superRefine(kafkaSettingsAreWhole), environment));
}

/** The environment variables for this connection. Unused ones are empty, which counts as not set. */
export function kafkaEnvironment({ brokers, sasl, tls }: KafkaConnection): Record<keyof KafkaSettings, string> {
  return {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_SASL_MECHANISM: sasl?.mechanism ?? '',
    KAFKA_SASL_USERNAME: sasl?.username ?? '',
    KAFKA_SASL_PASSWORD: sasl?.password ?? '',
    KAFKA_SSL: tls ? 'true' : '',
    KAFKA_SSL_CA_FILE: tls?.caFile ?? '',
    KAFKA_SSL_CERT_FILE: tls?.certFile ?? '',
    KAFKA_SSL_KEY_FILE: tls?.keyFile ?? '',
  };
}
