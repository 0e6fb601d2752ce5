import { readFileSync } from 'node:fs';
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectByTls, type ConnectionOptions } from 'node:tls';
import { Kafka, logLevel, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import './kafkajs-request-queue.js';

/** Authentication and encryption. */
export interface KafkaSecurity {
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    readonly username: string;
    readonly password: string;
  };
  /** PEM files. Without `caFile` Node's default authorities are trusted. */
  readonly tls?: {
    readonly caFile?: string | undefined;
    readonly certFile?: string | undefined;
    readonly keyFile?: string | undefined;
  };
}

export interface KafkaConnection extends KafkaSecurity {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
}

export interface KafkaOptions extends KafkaConnection {
  /** Names the process in the broker's logs. */
  readonly clientId?: string;
  /** Gets the client's warnings and errors, mostly of attempts that kafkajs retries. Default: dropped. */
  readonly log?: (entry: { level: 'warn' | 'error'; message: string; error?: string }) => void;
  /** Overrides of the limits below. */
  readonly limits?: Pick<KafkaConfig, 'connectionTimeout' | 'requestTimeout' | 'retry'>;
}

/** kafkajs with short time-outs and few retries. @throws when a file of `tls` cannot be read */
export function kafkaClient(options: KafkaOptions): Kafka {
  const { sasl } = options;
  return new Kafka({
    clientId: options.clientId ?? 'holdfast',
    brokers: [...options.brokers],
    ...(sasl && { sasl: { ...sasl, mechanism: sasl.mechanism.toLowerCase() } as SASLOptions }),
    ...(options.tls && { ssl: tlsOptions(options.tls) }),
    connectionTimeout: 3_000,
    // A frozen broker keeps its connections open, so only this time-out ends a request.
    requestTimeout: 10_000,
    // Short: our own retries are observable and stoppable, kafkajs' are not.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    ...options.limits,
    socketFactory: ({ host, port, ssl, onConnect }) => socketTo({ host, port }, ssl, onConnect),
    logLevel: options.log ? logLevel.WARN : logLevel.NOTHING,
    logCreator: () => (entry) => options.log?.(readable(entry)),
  });
}

function socketTo(to: { host: string; port: number }, tls: ConnectionOptions | undefined, onConnect: () => void) {
  const options = { ...to, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  if (!tls) return connectPlain(options, onConnect);
  // SNI is for host names only (RFC 6066).
  const named = isIP(to.host) ? {} : { servername: to.host };
  return connectByTls({ ...options, ...named, ...tls }, onConnect);
}

function tlsOptions({ caFile, certFile, keyFile }: NonNullable<KafkaSecurity['tls']>): ConnectionOptions {
  return {
    ...(caFile !== undefined && { ca: readFileSync(caFile, 'utf8') }),
    ...(certFile !== undefined && { cert: readFileSync(certFile, 'utf8') }),
    ...(keyFile !== undefined && { key: readFileSync(keyFile, 'utf8') }),
  };
}

function readable({ level, log }: LogEntry): { level: 'warn' | 'error'; message: string; error?: string } {
  const { error } = log as { error?: unknown };
  return {
    level: level === logLevel.ERROR ? 'error' : 'warn',
    message: log.message,
    ...(error !== undefined && { error: error instanceof Error ? error.message : JSON.stringify(error) }),
  };
}
