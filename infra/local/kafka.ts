import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import '../../libs/messaging/src/kafkajs-request-queue.js';
import { brokerSettings, type KafkaOptions } from './broker-settings.js';
import { classArchive, type ClassArchive } from './kafka-class-archive.js';
import { ensureKafkaJars } from './kafka-jars.js';
import { kafkaContainerSpec } from './kafka-container.js';
import { ManagedProcess, runToEnd, type ProcessSpec } from './managed-process.js';
import { repositoryRoot } from './repository.js';

export async function kafkaSpec(options: KafkaOptions): Promise<{ spec: ProcessSpec; brokers: string }> {
  const brokers = `127.0.0.1:${options.port}`;
  const spec = options.runAs === 'container' ? kafkaContainerSpec(options) : kafkaJvmSpec(options);
  return { spec: { ...spec, isReady: () => brokerAnswers(brokers) }, brokers };
}

/** Starts a broker of its own. `onManaged` gets it before its start. @throws ProcessFailed with the end of its log. */
export async function startKafka(
  options: KafkaOptions,
  onManaged: (managed: ManagedProcess) => void = () => {},
): Promise<{ brokers: string; process: ManagedProcess }> {
  const { spec, brokers } = await kafkaSpec(options);
  const managed = new ManagedProcess(spec);
  onManaged(managed);
  await managed.start();
  return { brokers, process: managed };
}

function kafkaJvmSpec(options: KafkaOptions): Omit<ProcessSpec, 'isReady'> {
  const folder = join(options.dataDir, 'kafka');
  const log4j = join(repositoryRoot, 'infra', 'kafka', 'log4j2.properties');
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  let archive: ClassArchive | undefined;
  return {
    name: 'kafka',
    logFile: options.logFile,
    readyTimeoutMs: 90_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 20_000,
    afterStop: async () => archive?.keep(),
    launch: async () => {
      const jars = await ensureKafkaJars(options.onFetch);
      archive = await classArchive(jars);
      const classPath = join(jars, '*');
      const properties = `${folder}.properties`;
      await mkdir(folder, { recursive: true });
      await writeFile(properties, render(serverProperties(options, folder)));
      const common = { env: process.env, command: java };
      if (!(await stat(join(folder, 'meta.properties')).catch(() => undefined))) {
        const storage = ['kafka.tools.StorageTool', 'format', '--cluster-id', newClusterId(), '--config', properties];
        await runToEnd({ ...common, args: ['-cp', classPath, `-Dlog4j2.configurationFile=${log4j}`, ...storage] });
      }
      return {
        ...common,
        args: [
          '-Xms128m',
          '-Xmx512m',
          '-XX:+UseG1GC',
          '-XX:MaxGCPauseMillis=20',
          archive.flag,
          '-Djava.awt.headless=true',
          `-Dlog4j2.configurationFile=${log4j}`,
          '-cp',
          classPath,
          'kafka.Kafka',
          properties,
        ],
      };
    },
  };
}

function serverProperties(options: KafkaOptions, folder: string): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${options.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${options.port},CONTROLLER://127.0.0.1:${options.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${options.port}`,
    'log.dirs': folder,
    ...brokerSettings,
  };
}

function render(properties: Record<string, string>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Kafka's form: 16 bytes in base64url; one that began with a dash would be read as an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** An open port is not enough: the broker must be registered, or the first topic fails. */
async function brokerAnswers(brokers: string): Promise<boolean> {
  const admin = new Kafka({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}
