import { connect } from 'node:net';
import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import './kafkajs-request-queue.js';

export interface KafkaOptions {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  /** Names the process in the broker's logs. */
  readonly clientId?: string;
  /** The client's warnings and errors. Most of them are attempts that it repeats. Default: dropped. */
  readonly log?: (entry: { level: 'warn' | 'error'; message: string; error?: string }) => void;
}

/** kafkajs, set up for short hops over a broker that may be away. */
export function kafkaClient(options: KafkaOptions): Kafka {
  return new Kafka({
    clientId: options.clientId ?? 'holdfast',
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    // A frozen broker keeps its connections: this is how long a request waits for it.
    requestTimeout: 10_000,
    // Short: what outlasts a second or two is tried again by us, where it can be seen and stopped.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    socketFactory: ({ host, port, onConnect }) =>
      connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, onConnect),
    logLevel: options.log ? logLevel.WARN : logLevel.NOTHING,
    logCreator: () => (entry) => options.log?.(readable(entry)),
  });
}

function readable({ level, log }: LogEntry): { level: 'warn' | 'error'; message: string; error?: string } {
  const { error } = log as { error?: unknown };
  return {
    level: level === logLevel.ERROR ? 'error' : 'warn',
    message: log.message,
    ...(error !== undefined && { error: error instanceof Error ? error.message : JSON.stringify(error) }),
  };
}
