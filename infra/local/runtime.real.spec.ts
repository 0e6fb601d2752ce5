import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { Client } from 'pg';
import type { KafkaConnection } from '#messaging';
import { notEmpty } from '#testing';
import { kafkaClient } from '../../libs/messaging/src/kafka-client.js';
import { topics } from '../kafka/topics.js';
import { CannotStart } from './cannot-start.js';
import { dummyService } from './dummy-service.js';
import { freePorts } from './free-ports.js';
import type { KafkaUser } from './kafka-logins.js';
import { PortsTaken } from './ports.js';
import type { RuntimeOptions } from './runtime-options.js';
import { startRuntime, type Runtime } from './runtime.js';

jest.setTimeout(120_000);

const services = [dummyService('ledger', 'ledgerAdmin'), dummyService('payments-api', 'apiAdmin')];
/** Only where Postgres is the runtime's own: on the tests' server others provision the same databases. */
const withDatabases = [
  dummyService('ledger', 'ledgerAdmin', { database: 'ledger' }),
  dummyService('payments-api', 'apiAdmin', { database: 'payments-api' }),
];
let outside: string;
let folder: string;
let trail: string;

/** What a user's shell may hold. None of it is meant for Postgres, Kafka or a service. */
const hostile: Record<string, string> = {
  LC_ALL: 'tr_TR.ISO-8859-9',
  JAVA_TOOL_OPTIONS: '-Duser.language=tr -Duser.country=TR',
  KAFKA_OPTS: '-Xmx1m',
  PGOPTIONS: '-c application_name=nobody',
  PGSSLMODE: 'require',
  NODE_USE_ENV_PROXY: '1',
  HTTP_PROXY: 'http://127.0.0.1:9',
  npm_config_loglevel: 'silly',
};
let umask: number;

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'holdfast-runtime-'));
  await chmod(outside, 0o711); // as root, Postgres runs as another user, who must pass through
  folder = join(outside, `ünï "q" it's 東京, 100% #1: $x`);
  trail = join(outside, 'trail');
  umask = process.umask(0o077);
  Object.assign(process.env, hostile);
});

afterAll(async () => {
  process.umask(umask);
  for (const name of Object.keys(hostile)) Reflect.deleteProperty(process.env, name);
  await rm(outside, { recursive: true });
});

/** Files and folders that other users may use, below the data folder. Where root runs, Postgres's user passes through. */
async function openToOthers(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const mode = entry.isSymbolicLink() ? 0 : (await stat(path)).mode & 0o077;
    return mode === 0 || (path === join(folder, 'data') && mode === 0o011) ? [] : [path];
  });
  return (await Promise.all(found)).flat();
}

function start(options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
  return startRuntime({ dataDir: folder, ports: 'free', services, env: { TRAIL: trail }, ...options });
}

async function query(runtime: Runtime, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(runtime.databaseUrl);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function topicsOf(runtime: Runtime): Promise<string[]> {
  const admin = kafkaClient(runtime.kafkaAs('reader')).admin();
  await admin.connect();
  try {
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

const ONCE = { connectionTimeout: 3_000, requestTimeout: 5_000, retry: { retries: 0 } };
/** The first group of a fresh broker waits for the topic of its offsets. */
const UNTIL_GROUPS_ARE_SERVED = { retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 100 } };

async function produce(kafka: Kafka, topic: string): Promise<void> {
  const producer = kafka.producer({ retry: { retries: 0 }, allowAutoTopicCreation: false });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'ch_1', value: '{}' }] });
  } finally {
    await producer.disconnect();
  }
}

/** @param restarts whether kafkajs may begin anew: the coordinator of a fresh broker loads for a while */
async function joinAndRead(kafka: Kafka, topic: string, groupId: string, restarts: boolean): Promise<void> {
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => restarts },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  consumer.on(consumer.events.FETCH, () => resolve());
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) reject(payload.error);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ eachMessage: async () => undefined });
    await promise;
  } finally {
    await consumer.disconnect();
  }
}

/** What Kafka answers: kafkajs throws that, or logs it and throws that it has found no coordinator. */
async function refusalOf(connection: KafkaConnection, topic: string, groupId: string): Promise<string> {
  const heard: string[] = [];
  const kafka = kafkaClient({ ...connection, log: ({ error }) => void heard.push(error ?? '') });
  await joinAndRead(kafka, topic, groupId, false).catch(({ message }: Error) => heard.push(message));
  return heard.join();
}

async function kafkaBelievesItsServicesAlone(runtime: Runtime): Promise<void> {
  const as = (user: KafkaUser): Kafka => kafkaClient({ ...runtime.kafkaAs(user), limits: ONCE });
  const patient = (user: KafkaUser): Kafka =>
    kafkaClient({ ...runtime.kafkaAs(user), limits: UNTIL_GROUPS_ARE_SERVED });
  const { brokers } = runtime.kafkaAs('reader');
  const guess = { mechanism: 'PLAIN', username: 'supervisor', password: 'guess' } as const;

  await expect(produce(kafkaClient({ brokers, limits: ONCE }), 'ledger.events.payments-api')).rejects.toThrow();
  await expect(
    produce(kafkaClient({ brokers, sasl: guess, limits: ONCE }), 'ledger.events.payments-api'),
  ).rejects.toThrow(/Authentication failed/);
  await expect(produce(as('payments-api'), 'ledger.events.payments-api')).rejects.toThrow(/[Nn]ot authorized/);
  await expect(produce(as('payments-api'), 'ledger.dlq')).rejects.toThrow(/[Nn]ot authorized/);
  await produce(as('payments-api'), 'payments.events.bank-gateway');
  await produce(as('payments-api'), 'payments-api.dlq');
  await joinAndRead(patient('payments-api'), 'bank.events.payments-api', 'payments-api', true);
  const noGroup = /Not authorized to access group/;
  expect(await refusalOf(runtime.kafkaAs('payments-api'), 'bank.events.payments-api', 'ledger')).toMatch(noGroup);

  await expect(produce(as('reader'), 'payments.events.bank-gateway')).rejects.toThrow(/[Nn]ot authorized/);
  await joinAndRead(patient('reader'), 'payments.events.bank-gateway', 'reader-of-a-test', true);
  expect(await refusalOf(runtime.kafkaAs('reader'), 'bank.events.payments-api', 'ledger')).toMatch(noGroup);

  // The controller writes what the broker believes: it takes the broker alone.
  const controller = [`127.0.0.1:${runtime.ports.kafkaController}`];
  for (const login of [runtime.kafkaAs('supervisor').sasl, undefined]) {
    const admin = kafkaClient({ brokers: controller, ...(login && { sasl: login }), limits: ONCE }).admin();
    await expect(admin.connect().then(() => admin.describeCluster())).rejects.toThrow();
    await admin.disconnect();
  }
}

/** The ledger's login opens the ledger's database and no other; the operators' opens those of all services. */
async function loginsOpenTheirOwn(runtime: Runtime, ledgerUrl: string): Promise<void> {
  const opened = async (url: string, database: string): Promise<string> => {
    const client = new Client(Object.assign(new URL(url), { pathname: `/${database}` }).toString());
    return client.connect().then(
      async () => {
        await client.end();
        return 'opened';
      },
      ({ code }: { code: string }) => code,
    );
  };
  const refused = '42501';
  const all = ['ledger', 'payments', 'postgres', 'template1'];
  const by = (url: string) => Promise.all(all.map((database) => opened(url, database)));
  expect(await by(ledgerUrl)).toEqual(['opened', refused, refused, refused]);
  expect(await by(runtime.operatorsUrl)).toEqual(['opened', 'opened', refused, refused]);
}

async function passwordsAreNowhereElse(runtime: Runtime): Promise<void> {
  const files = ['kafka-logins.json', 'postgres-logins.json'].map((file) => join(folder, 'data', file));
  const logins = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as object));
  const passwords = logins.flatMap((each) => Object.values(each) as string[]);
  expect(new Set(passwords).size).toBe(6 + 4);
  for (const file of [...files, runtime.kafkaReaderFile!, join(folder, 'data', 'kafka.properties')]) {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
  const told = await Promise.all(
    runtime
      .processes()
      .flatMap(({ pid, logFile }) => [readFile(logFile, 'utf8'), readFile(`/proc/${pid}/cmdline`, 'utf8')]),
  );
  expect(passwords.filter((password) => told.some((text) => text.includes(password)))).toEqual([]);
}

describe('the runtime with a Postgres and a Kafka of its own', () => {
  it('starts everything, with durable writes and all topics', async () => {
    const runtime = await start({ instances: { ledger: 2 }, services: withDatabases });
    try {
      expect(runtime.processes().map(({ name, state }) => [name, state])).toEqual(
        expect.arrayContaining(
          ['postgres', 'kafka', 'ledger', 'ledger-2', 'payments-api'].map((name) => [name, 'ready']),
        ),
      );
      const [settings] = await query(
        runtime,
        `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits, current_setting('full_page_writes') AS pages`,
      );
      expect(settings).toEqual({ fsync: 'on', commits: 'on', pages: 'on' });
      expect(await topicsOf(runtime)).toEqual(expect.arrayContaining([...topics]));
      const environment = (await (await fetch(runtime.urls.admin['ledger-2']!)).json()) as Record<string, string>;
      expect(environment).toMatchObject({
        INSTANCE_ID: 'ledger-2',
        KAFKA_BROKERS: runtime.kafkaBrokers,
        NODE_ENV: 'production',
      });
      expect(new URL(environment['DATABASE_URL']!)).toMatchObject({
        username: 'ledger_service',
        host: new URL(runtime.databaseUrl).host,
      });
      await loginsOpenTheirOwn(runtime, environment['DATABASE_URL']!);
      await query(runtime, 'CREATE TABLE kept AS SELECT 42 AS answer');
      for (const { pid } of notEmpty(runtime.processes())) {
        const given = await readFile(`/proc/${pid}/environ`, 'utf8');
        expect(Object.keys(hostile).filter((name) => given.split('\0').includes(`${name}=${hostile[name]}`))).toEqual(
          [],
        );
      }
      expect(await openToOthers()).toEqual([]);
      expect(new Set(await readdir(outside))).toEqual(new Set([basename(folder), 'trail']));
      await kafkaBelievesItsServicesAlone(runtime);
      await passwordsAreNowhereElse(runtime);
    } finally {
      await runtime.stop();
    }
  });

  it('stops whoever asks before whoever answers', async () => {
    const lines = (await readFile(trail, 'utf8')).trim().split('\n');
    const stops = lines.filter((line) => line.endsWith('stopped')).map((line) => line.split(' ')[0]);
    expect(stops[0]).toBe('payments-api');
    expect(new Set(stops.slice(1))).toEqual(new Set(['ledger', 'ledger-2']));
  });

  it('finds on a second start what the first one stored, and survives a kill and a freeze of each part', async () => {
    const runtime = await start();
    try {
      expect(await query(runtime, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await query(runtime, 'INSERT INTO kept VALUES (43)');
      for (const part of ['postgres', 'kafka']) {
        expect(await runtime.control.kill(part, { restart: true })).toMatchObject({ state: 'ready' });
        expect(await runtime.control.freeze(part)).toMatchObject({ state: 'frozen' });
        expect(await runtime.control.thaw(part)).toMatchObject({ state: 'ready' });
      }
      expect(await query(runtime, 'SELECT answer FROM kept ORDER BY 1')).toEqual([{ answer: 42 }, { answer: 43 }]);
      expect(await topicsOf(runtime)).toEqual(expect.arrayContaining([...topics]));
    } finally {
      await runtime.stop();
    }
  });

  it('writes no row into the log of Postgres', async () => {
    const runtime = await start({ services: [] });
    try {
      await query(runtime, `CREATE TABLE watched (name text UNIQUE, amount int CHECK (amount > 0))`);
      const insert = `INSERT INTO watched VALUES ('a-marker', 1)`;
      await query(runtime, insert);
      await expect(query(runtime, insert)).rejects.toThrow('duplicate key');
      await expect(query(runtime, `INSERT INTO watched VALUES ('a-marker', -1)`)).rejects.toThrow('check constraint');
      const log = await readFile(join(runtime.logsDir, 'postgres.log'), 'utf8');
      expect(log).toMatch(/duplicate key[^]*check constraint/);
      expect(log).not.toContain('a-marker');
    } finally {
      await runtime.stop();
    }
  });

  it('freezes all of Postgres, the backends of open connections too', async () => {
    const runtime = await start({ services: [] });
    const client = new Client(runtime.databaseUrl);
    await client.connect();
    try {
      await runtime.control.freeze('postgres');
      let answered = false;
      const answer = client.query('SELECT 1').then(() => (answered = true));
      // Another connection's time-out is the clock here: while it passes, a live backend would have answered.
      const late = new Client({ connectionString: runtime.databaseUrl, connectionTimeoutMillis: 500 });
      await expect(late.connect()).rejects.toThrow(/timeout/);
      expect(answered).toBe(false);
      await runtime.control.thaw('postgres');
      await answer;
    } finally {
      await client.end();
      await runtime.stop();
    }
  });
});

describe('the runtime with a given Postgres and Kafka', () => {
  const given = { databaseUrl: process.env.TEST_DATABASE_URL!, kafkaBrokers: process.env.TEST_KAFKA_BROKERS! };

  it('starts neither', async () => {
    const runtime = await start(given);
    expect(runtime.processes().map(({ name }) => name)).toEqual(['ledger', 'payments-api']);
    expect(runtime.databaseUrl).toBe(given.databaseUrl);
    await runtime.stop();
  });

  it('names every taken port and the variable to set, and starts nothing', async () => {
    const [free, api] = (await freePorts(2)) as [number, number];
    const squatter = createServer().listen(api, '127.0.0.1');
    await once(squatter, 'listening');
    const failure = await start({ ...given, ports: { apiAdmin: api, ledgerAdmin: free } }).catch(
      (error: Error) => error,
    );
    squatter.close();
    expect(failure).toBeInstanceOf(PortsTaken);
    expect((failure as Error).message).toBe(
      `Port ${api} (payments-api's admin API, process payments-api) is taken. Set HOLDFAST_PORT_API_ADMIN to another one.`,
    );
    await expect(stat(join(folder, 'run', 'processes.json'))).rejects.toThrow('ENOENT');
  });

  it('says at once which of them does not answer', async () => {
    await expect(start({ ...given, databaseUrl: 'postgres://me:secret@127.0.0.1:1/postgres' })).rejects.toThrow(
      new CannotStart('DATABASE_URL names what does not answer: 127.0.0.1:1 (ECONNREFUSED).'),
    );
    await expect(start({ ...given, kafkaBrokers: '127.0.0.1:1,127.0.0.1:2' })).rejects.toThrow(
      new CannotStart(
        'KAFKA_BROKERS names what does not answer: 127.0.0.1:1 (ECONNREFUSED), 127.0.0.1:2 (ECONNREFUSED).',
      ),
    );
  });

  it.each([
    ['DATABASE_URL', (place: string) => ({ databaseUrl: `postgres://me:secret@${place}/postgres` })],
    ['KAFKA_BROKERS', (place: string) => ({ kafkaBrokers: place })],
  ])('says within seconds that what %s names takes connections and says nothing', async (variable, of) => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const place = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      await expect(start({ ...given, ...of(place) })).rejects.toThrow(
        new CannotStart(`${variable} names what does not answer: ${place} (nothing within 3 s).`),
      );
    } finally {
      silent.close();
    }
  });

  it('says in a sentence what is wrong with its data folder', async () => {
    const file = join(outside, 'a file');
    await writeFile(file, '');
    await expect(start({ ...given, dataDir: file })).rejects.toThrow(
      new CannotStart(`The data folder ${file} cannot be used: EEXIST: file already exists, mkdir '${file}'.`),
    );
  });

  it('leaves nothing running when one service cannot start', async () => {
    const failure = start({ ...given, serviceEnv: { ledger: { CRASH_AT_START: '1' } } });
    await expect(failure).rejects.toThrow(/ledger did not become ready[^]*the dummy was told so/);
    await expect(stat(join(folder, 'run', 'processes.json'))).rejects.toThrow('ENOENT');
  });

  it('can be called off while it starts', async () => {
    const cancel = new AbortController();
    const progress = { stage: () => (cancel.abort(), () => {}), say: () => {} };
    await expect(start({ ...given, progress, signal: cancel.signal })).rejects.toThrow();
    await expect(stat(join(folder, 'run', 'processes.json'))).rejects.toThrow('ENOENT');
  });
});
