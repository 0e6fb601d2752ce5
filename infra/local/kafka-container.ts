import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { brokerSettings, listenerSettings, type BrokerOptions } from './broker-settings.js';
import { childEnvironment } from './child-environment.js';
import type { KafkaLogins } from './kafka-logins.js';
import { runToEnd, type ProcessSpec } from './managed-process.js';

export const KAFKA_IMAGE = 'apache/kafka:4.3.0';

/**
 * Kafka for a machine without Java or Maven. `docker run` stays in the foreground, so its output and its end are the
 * container's, but signals must go to the container itself. The data is a volume named after the data folder.
 */
export function kafkaContainerSpec(options: BrokerOptions): Omit<ProcessSpec, 'isReady'> {
  const name = `holdfast-kafka-${createHash('sha256').update(resolve(options.dataDir)).digest('hex').slice(0, 12)}`;
  const docker = (...args: string[]): Promise<void> =>
    runToEnd({ command: 'docker', args, env: childEnvironment('docker') });
  return {
    name: 'kafka',
    logFile: options.logFile,
    readyTimeoutMs: 180_000, // the image may have to be pulled
    stopSignal: 'SIGTERM', // which `docker run` passes on
    stopTimeoutMs: 20_000,
    launch: async () => {
      await docker('rm', '--force', name);
      const settings = kafkaContainerEnvironment(options.port, options.logins);
      return {
        command: 'docker',
        // Only names on the command line, which every user can read: some values are passwords.
        env: { ...childEnvironment('docker'), ...settings },
        args: [
          'run',
          '--rm',
          `--name=${name}`,
          `--publish=127.0.0.1:${options.port}:9092`,
          `--volume=${name}:/var/lib/kafka/data`,
          ...Object.keys(settings).map((key) => `--env=${key}`),
          KAFKA_IMAGE,
        ],
      };
    },
    container: {
      name,
      signal: (signal) => {
        if (signal === 'SIGSTOP') return docker('pause', name);
        if (signal === 'SIGCONT') return docker('unpause', name);
        return docker('rm', '--force', name); // succeeds when there is none yet
      },
    },
  };
}

/** In the image's own convention: `log.dirs` is set by KAFKA_LOG_DIRS. @param port the one published on loopback */
export function kafkaContainerEnvironment(port: number, logins?: KafkaLogins): Record<string, string> {
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': '1@localhost:9093',
    // The controller's port stays inside the container.
    ...listenerSettings({ clients: ':9092', advertised: `127.0.0.1:${port}`, controller: 'localhost:9093' }, logins),
    'log.dirs': '/var/lib/kafka/data',
    ...brokerSettings,
  };
  const variables = Object.entries(settings).map(([key, value]) => [
    `KAFKA_${key.replaceAll('.', '_').toUpperCase()}`,
    value,
  ]);
  return { ...(Object.fromEntries(variables) as Record<string, string>), KAFKA_HEAP_OPTS: '-Xms128m -Xmx512m' };
}
