import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaConnection } from '#messaging';
import { kafkaClient } from '../../libs/messaging/src/kafka-client.js';
import { brokerSettings, listenerSettings, type BrokerOptions } from './broker-settings.js';
import { childEnvironment } from './child-environment.js';
import { classArchive, type ClassArchive } from './kafka-class-archive.js';
import { ensureKafkaJars } from './kafka-jars.js';
import { kafkaContainerSpec } from './kafka-container.js';
import { connectionAs } from './kafka-logins.js';
import { ManagedProcess, runToEnd, type ProcessSpec } from './managed-process.js';
import { endWorkersIn } from './process-table.js';
import { writePrivate } from './private-file.js';
import { repositoryRoot } from './repository.js';

export async function kafkaSpec(options: BrokerOptions): Promise<{ spec: ProcessSpec; brokers: string }> {
  const brokers = `127.0.0.1:${options.port}`;
  const spec = options.runAs === 'container' ? kafkaContainerSpec(options) : kafkaJvmSpec(options);
  const connection = options.logins ? connectionAs('supervisor', brokers, options.logins) : { brokers: [brokers] };
  return { spec: { ...spec, isReady: () => brokerAnswers(connection) }, brokers };
}

/** Starts a broker of its own. `onManaged` gets it before its start. @throws ProcessFailed with the end of its log. */
export async function startKafka(
  options: BrokerOptions,
  onManaged: (managed: ManagedProcess) => void = () => {},
): Promise<{ brokers: string; process: ManagedProcess }> {
  const { spec, brokers } = await kafkaSpec(options);
  const managed = new ManagedProcess(spec);
  onManaged(managed);
  await managed.start();
  return { brokers, process: managed };
}

/**
 * Java runs in the data folder with relative ASCII paths only. The clone's path may contain letters that Latin-1
 * properties files, `log.dirs` (commas) or a class path (colons) cannot have.
 */
function kafkaJvmSpec(options: BrokerOptions): Omit<ProcessSpec, 'isReady'> {
  const { dataDir } = options;
  const names = { data: 'kafka', properties: 'kafka.properties', log4j: 'kafka.log4j2.properties', jars: 'kafka-jars' };
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
      archive = await classArchive(jars, names.jars);
      await mkdir(join(dataDir, names.data), { recursive: true, mode: 0o700 });
      await pointTo(jars, join(dataDir, names.jars));
      const log4j = await readFile(join(repositoryRoot, 'infra', 'kafka', 'log4j2.properties'));
      await writeFile(join(dataDir, names.log4j), log4j, { mode: 0o600 });
      await writePrivate(join(dataDir, names.properties), render(serverProperties(options, names.data)));
      const common = { env: childEnvironment('kafka'), command: java, cwd: dataDir };
      const classes = ['-cp', `${names.jars}/*`, `-Dlog4j2.configurationFile=${names.log4j}`];
      if (!(await stat(join(dataDir, names.data, 'meta.properties')).catch(() => undefined))) {
        await endWorkersIn(dataDir, ['java']); // of a start that was killed
        const format = ['format', '--cluster-id', newClusterId(), '--config', names.properties];
        await runToEnd({ ...common, args: [...classes, 'kafka.tools.StorageTool', ...format] });
      }
      return {
        ...common,
        args: [
          '-Xms128m',
          '-Xmx512m',
          // G1 works beside the broker in threads of its own, which a small heap on two cores does not repay.
          '-XX:+UseSerialGC',
          // jps and jstat do not see it: their file is written 20 times a second.
          '-XX:-UsePerfData',
          archive.flag,
          '-Djava.awt.headless=true',
          ...classes,
          'kafka.Kafka',
          names.properties,
        ],
      };
    },
  };
}

/** Creates a symbolic link, or replaces it atomically. */
async function pointTo(target: string, link: string): Promise<void> {
  const draft = `${link}.${randomBytes(4).toString('hex')}`;
  await symlink(target, draft);
  await rename(draft, link);
}

function serverProperties(options: BrokerOptions, folder: string): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${options.controllerPort}`,
    ...listenerSettings(
      {
        clients: `127.0.0.1:${options.port}`,
        advertised: `127.0.0.1:${options.port}`,
        controller: `127.0.0.1:${options.controllerPort}`,
      },
      options.logins,
    ),
    'log.dirs': folder,
    ...brokerSettings,
  };
}

function render(properties: Record<string, string>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${escaped(value)}\n`)
    .join('');
}

/** Escapes a value for java.util.Properties: backslashes, and other than printable ASCII as \uXXXX. */
function escaped(value: string): string {
  return value.replace(/^ |[^ -~]|\\/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A cluster id: 16 bytes in base64url, without a leading dash, which would be read as an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** An open port is not enough: the broker must be registered, or the first topic fails. */
async function brokerAnswers(connection: KafkaConnection): Promise<boolean> {
  const limits = { connectionTimeout: 1_000, requestTimeout: 2_000, retry: { retries: 0 } };
  const admin = kafkaClient({ ...connection, limits }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}
