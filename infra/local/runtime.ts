import { join, resolve } from 'node:path';
import type { KafkaConnection } from '#messaging';
import { kafkaEnvironment } from '../../libs/service/src/kafka-settings.js';
import { grantRights } from '../kafka/access.js';
import { ensureTopics } from '../kafka/topics.js';
import { assertAnswers } from './assert-answers.js';
import { CannotStart, causeOf } from './cannot-start.js';
import { connectionAs, ensureKafkaLogins, writeReaderFile, type KafkaUser } from './kafka-logins.js';
import { kafkaSpec } from './kafka.js';
import { ManagedProcess, type ProcessSnapshot, type ProcessSpec } from './managed-process.js';
import { UnknownProcess, planInstances, portsToBind, serviceSpec, stopOrder, urlsOf, type Urls } from './instances.js';
import { allFreePorts, assertFree, portsFromEnvironment, type Ports } from './ports.js';
import { postgresSpec } from './postgres.js';
import { ensurePostgresLogins } from './postgres-logins.js';
import { makePrivateFolders } from './private-folders.js';
import { RunFile, type RunningProcess } from './run-file.js';
import type { StartProgress, RuntimeOptions } from './runtime-options.js';

/** Commands by process name: `ledger`, `payments-api-2`, `kafka`, `postgres`. Each resolves once it has taken effect. */
export interface Control {
  /** SIGKILL. It stays down until started, unless `restart`. */
  kill(name: string, options?: { restart?: boolean }): Promise<ProcessSnapshot>;
  /** SIGSTOP. */
  freeze(name: string): Promise<ProcessSnapshot>;
  /** SIGCONT, then waits until it answers again. */
  thaw(name: string): Promise<ProcessSnapshot>;
  /** Stops it in order and starts it again, until it is ready. */
  restart(name: string): Promise<ProcessSnapshot>;
  stop(name: string): Promise<ProcessSnapshot>;
  start(name: string): Promise<ProcessSnapshot>;
}

export interface Runtime {
  urls: Urls;
  ports: Ports;
  control: Control;
  processes(): ProcessSnapshot[];
  /** The administrator's. No service and no operator's command gets it. */
  databaseUrl: string;
  /** With the login of operators' commands. */
  operatorsUrl: string;
  kafkaBrokers: string;
  /** At a Kafka of our own, as one of its users; at a given one, as it was given. */
  kafkaAs(user: KafkaUser): KafkaConnection;
  /** A login for people's own tools; there is none to a given Kafka. */
  kafkaReaderFile?: string;
  logsDir: string;
  runDir: string;
  /** Clients stop before their servers: services, then Kafka, then Postgres. */
  stop(): Promise<void>;
  killNow(): Promise<void>;
}

const SILENT: StartProgress = { stage: () => () => {}, say: () => {} };

/**
 * Starts Postgres, Kafka and the services, each as a process of its own, and resolves once all are ready.
 *
 * @throws PortsTaken, AlreadyRunning, or ProcessFailed with the end of the log of what failed; nothing is left running
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const dataDir = resolve(options.dataDir);
  const progress = options.progress ?? SILENT;
  const ports =
    options.ports === 'free' ? await allFreePorts() : { ...portsFromEnvironment(process.env), ...options.ports };
  const instances = await planInstances(options, ports);

  const refused = (error: unknown): never => {
    throw causeOf(error, dataDir);
  };
  const unusableKafka = (error: Error): never => {
    if (options.kafkaBrokers === undefined) throw error;
    throw new CannotStart(`KAFKA_BROKERS=${options.kafkaBrokers} cannot be used: ${error.message}`);
  };
  const unusablePostgres = (error: Error): never => {
    if (options.databaseUrl === undefined) throw error;
    throw new CannotStart(`DATABASE_URL cannot be used: ${error.message}`);
  };
  const folders = await makePrivateFolders(dataDir).catch(refused);
  const runFile = await RunFile.claim(join(folders.run, 'processes.json'), (names) =>
    progress.say(`An earlier run was cut off: ended what was left of it (${names.join(', ')}).`),
  ).catch(refused);
  const processes = new Map<string, ManagedProcess>();
  const manage = (spec: ProcessSpec): ManagedProcess => {
    const managed = new ManagedProcess(spec, { changed: recordRun, say: (line) => progress.say(line) });
    processes.set(spec.name, managed);
    return managed;
  };
  const running = (): RunningProcess[] =>
    [...processes.values()].flatMap(({ name, identity, spec }) =>
      identity ? [{ name, identity, ...(spec.container ? { container: spec.container.name } : {}) }] : [],
    );
  const recordRun = (): Promise<void> => runFile.follow(running, (line) => progress.say(line));
  const killNow = async (): Promise<void> => {
    await Promise.all([...processes.values()].map((managed) => managed.killNow()));
  };
  const onAbort = (): void => void killNow().catch((error: Error) => progress.say(error.message));
  const stop = async (): Promise<void> => {
    options.signal?.removeEventListener('abort', onAbort);
    await runFile.stopping().catch((error: Error) => progress.say(error.message));
    for (const group of stopOrder([...processes.keys()], instances)) {
      await Promise.all(group.map((name) => processes.get(name)!.stop()));
    }
    await runFile.release().catch((error: Error) => progress.say(error.message));
  };
  options.signal?.addEventListener('abort', onAbort);

  const logFile = (name: string): string => join(folders.logs, `${name}.log`);
  const startOne = async (spec: ProcessSpec, title: string): Promise<void> => {
    const done = progress.stage(title);
    await manage(spec).start();
    done();
  };

  try {
    await assertFree(portsToBind(options, ports, instances));
    if (options.databaseUrl !== undefined) {
      const { hostname, port } = new URL(options.databaseUrl);
      await assertAnswers('DATABASE_URL', [`${hostname}:${port || 5432}`]);
    }
    if (options.kafkaBrokers !== undefined) await assertAnswers('KAFKA_BROKERS', options.kafkaBrokers.split(','));
    const startPostgres = async (): Promise<string> => {
      if (options.databaseUrl !== undefined) return options.databaseUrl;
      const { spec, url, home } = await postgresSpec({
        dataDir: folders.data,
        port: ports.postgres,
        logFile: logFile('postgres'),
        ...(options.postgresSettings && { settings: options.postgresSettings }),
      });
      if (home.movedBecause !== undefined) progress.say(`${home.movedBecause}: its data is in ${home.folder}`);
      await startOne(spec, 'Postgres 18');
      return url;
    };
    const postgres = async (): Promise<{ databaseUrl: string; as: (login: string) => string }> => {
      // Reading the migrations takes a while, in which Postgres starts.
      const [databaseUrl, { databaseLogins, provisionServices, urlAs }] = await Promise.all([
        startPostgres(),
        import('../postgres/provision-services.js'),
      ]);
      const logins = await ensurePostgresLogins(folders.data, databaseLogins);
      const done = progress.stage('databases');
      await provisionServices({
        administratorUrl: databaseUrl,
        services: [...new Set(instances.flatMap(({ service }) => service.database ?? []))],
        logins,
        wholeServer: options.databaseUrl === undefined,
      }).catch(unusablePostgres);
      done();
      return { databaseUrl, as: (login) => urlAs(login, databaseUrl, logins) };
    };
    const kafka = async (): Promise<{ as: (user: string) => KafkaConnection; readerFile?: string }> => {
      const { kafkaBrokers: given, kafkaSecurity, kafkaPartitions: partitions = 4 } = options;
      if (given !== undefined) {
        const connection = { ...kafkaSecurity, brokers: given.split(',') };
        await createTopics({ ...connection, partitions });
        return { as: () => connection };
      }
      const logins = await ensureKafkaLogins(folders.data);
      const { spec, brokers } = await kafkaSpec({
        dataDir: folders.data,
        port: ports.kafka,
        controllerPort: ports.kafkaController,
        logFile: logFile('kafka'),
        runAs: options.kafka ?? 'jvm',
        onFetch: () => progress.say('Fetching Kafka by Maven, once'),
        logins,
      });
      await startOne(spec, 'Kafka 4.3');
      const as = (user: string): KafkaConnection => connectionAs(user, brokers, logins);
      await createTopics({ ...as('supervisor'), partitions });
      await grantRights(as('supervisor'));
      return { as, readerFile: await writeReaderFile(folders.data, brokers, logins) };
    };
    const createTopics = async (where: KafkaConnection & { partitions: number }): Promise<void> => {
      const done = progress.stage('topics');
      const { notes } = await ensureTopics(where).catch(unusableKafka);
      done();
      for (const note of notes) progress.say(note);
    };
    const [postgresAccess, kafkaAccess] = (await allOrFirstError<unknown>([postgres(), kafka()], killNow)) as [
      Awaited<ReturnType<typeof postgres>>,
      Awaited<ReturnType<typeof kafka>>,
    ];

    const shared = {
      HOST: '127.0.0.1',
      ADMIN_HOST: '127.0.0.1',
    };
    const { loginOf, OPERATORS } = await import('../postgres/provision-services.js');
    const specs = instances.map((instance) => {
      const kafka = kafkaEnvironment(kafkaAccess.as(instance.service.name));
      const { database } = instance.service;
      const own = { ...kafka, ...(database && { DATABASE_URL: postgresAccess.as(loginOf(database)) }) };
      const context = { dataDir: folders.data, ports };
      return serviceSpec(instance, logFile(instance.name), context, { ...shared, ...own }, options);
    });
    await allOrFirstError(
      specs.map((spec) => startOne(spec, spec.name)),
      killNow,
    );
    options.signal?.throwIfAborted();

    const command =
      (run: (managed: ManagedProcess, options?: { restart?: boolean }) => Promise<void>) =>
      async (name: string, commandOptions?: { restart?: boolean }): Promise<ProcessSnapshot> => {
        const managed = processes.get(name);
        if (!managed) throw new UnknownProcess(`no process ${name}; there are: ${[...processes.keys()].join(', ')}`);
        await run(managed, commandOptions);
        return managed.snapshot();
      };
    return {
      urls: urlsOf(instances, ports),
      ports,
      control: {
        kill: command((managed, { restart = false } = {}) => managed.kill({ restart })),
        freeze: command((managed) => managed.freeze()),
        thaw: command((managed) => managed.thaw()),
        restart: command((managed) => managed.restart()),
        stop: command((managed) => managed.stop()),
        start: command((managed) => managed.start()),
      },
      processes: () => [...processes.values()].map((managed) => managed.snapshot()),
      databaseUrl: postgresAccess.databaseUrl,
      operatorsUrl: postgresAccess.as(OPERATORS),
      kafkaBrokers: kafkaAccess.as('reader').brokers.join(','),
      kafkaAs: kafkaAccess.as,
      ...(kafkaAccess.readerFile !== undefined && { kafkaReaderFile: kafkaAccess.readerFile }),
      logsDir: folders.logs,
      runDir: folders.run,
      stop,
      killNow,
    };
  } catch (error) {
    await stop();
    return refused(error);
  }
}

/** Like Promise.all, but a failure ends the others and is told only once they have ended. */
async function allOrFirstError<T>(work: readonly Promise<T>[], end: () => Promise<void>): Promise<T[]> {
  try {
    return await Promise.all(work);
  } catch (error) {
    await end();
    await Promise.allSettled(work);
    throw error;
  }
}
