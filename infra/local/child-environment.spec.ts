import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { childEnvironment, type ChildKind } from './child-environment.js';
import { serviceSpec } from './instances.js';
import { portsFromEnvironment } from './ports.js';
import { repositoryRoot } from './repository.js';
import { consoleService, everyService, services, type LocalServiceDefinition } from './services.js';

const hostile = {
  PATH: '/usr/bin',
  HOME: '/home/somebody',
  LANG: 'tr_TR.ISO-8859-9',
  LC_ALL: 'tr_TR.ISO-8859-9',
  LC_MESSAGES: 'de_DE',
  TZ: 'Pacific/Kiritimati',
  HTTP_PROXY: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  NODE_USE_ENV_PROXY: '1',
  NODE_OPTIONS: '--inspect',
  NODE_PATH: '/somewhere',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  PGOPTIONS: '-c search_path=nowhere',
  PGSSLMODE: 'require',
  PGDATA: '/somewhere',
  JAVA_HOME: '/java',
  JAVA_TOOL_OPTIONS: '-Duser.language=tr -Duser.country=TR',
  _JAVA_OPTIONS: '-Xmx1m',
  JDK_JAVA_OPTIONS: '-Xmx1m',
  CLASSPATH: '/somewhere',
  KAFKA_HEAP_OPTS: '-Xmx1m',
  MAVEN_OPTS: '-Xmx1m',
  DOCKER_HOST: 'tcp://docker',
  PGPASSWORD: 'of the administrator',
  LD_PRELOAD: '/evil.so',
  npm_config_loglevel: 'silly',
  npm_lifecycle_event: 'start',
  INIT_CWD: '/somewhere',
  LOG_LEVEL: 'debug',
  API_SECRET: 'a secret of the API alone',
};
const THE_RUNTIMES_OWN = ['HOST', 'ADMIN_HOST', 'DATABASE_URL', 'KAFKA_BROKERS', 'INSTANCE_ID'];
const always = { PATH: '/usr/bin', HOME: '/home/somebody', LANG: 'C.UTF-8', TZ: 'UTC' };

describe('the environment of a child', () => {
  it.each<[ChildKind, Record<string, string>]>([
    ['postgres', {}],
    ['kafka', {}],
    ['maven', { JAVA_HOME: '/java', MAVEN_OPTS: '-Xmx1m' }],
    ['docker', { DOCKER_HOST: 'tcp://docker' }],
    ['service', { NODE_EXTRA_CA_CERTS: '/ca.pem' }],
  ])('of kind %s holds what is meant for it, and nothing else', (kind, meant) => {
    expect(childEnvironment(kind, { environment: hostile })).toEqual({ ...always, ...meant });
  });

  it('of a service holds its own settings and no other service’s', async () => {
    expect(await environmentOf('ledger')).not.toHaveProperty('API_SECRET');
    expect(await environmentOf('payments-api')).toMatchObject({ API_SECRET: hostile.API_SECRET, LOG_LEVEL: 'debug' });
  });

  it('of a service holds PG* only where the operator named a Postgres, and never the administrator’s password', async () => {
    expect(Object.keys(await environmentOf('ledger')).filter((name) => name.startsWith('PG'))).toEqual([]);
    const given = await environmentOf('ledger', 'postgres://own');
    expect(given).toMatchObject({ PGSSLMODE: 'require' });
    expect(given).not.toHaveProperty('PGPASSWORD');
  });

  it.each<LocalServiceDefinition>([...services, consoleService])(
    'lets every setting of $name through: name a new one in services.ts',
    (service) => {
      const set = [
        ...everyService,
        ...(service.settings ?? []),
        ...Object.keys(service.ports),
        ...Object.keys(service.env?.({ dataDir: '', ports: portsFromEnvironment({}) }) ?? {}),
        ...THE_RUNTIMES_OWN,
      ];
      expect(settingsRead(service.name).filter((name) => !set.includes(name))).toEqual([]);
    },
  );
});

/** The keys of its schemas, by their text: to import them would load all of Nest. */
function settingsRead(service: string): string[] {
  const files = {
    'bank-simulator': ['apps/bank-simulator/src/settings.ts'],
    ledger: ['libs/service/src/settings.ts', 'apps/ledger/src/settings.ts'],
    'bank-gateway': ['libs/service/src/settings.ts', 'apps/bank-gateway/src/settings.ts'],
    console: ['apps/console/src/settings.ts'],
    'payments-api': ['libs/service/src/settings.ts', 'apps/payments-api/src/settings.ts'],
  }[service]!;
  const texts = files.map((file) => readFileSync(join(repositoryRoot, file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!));
}

async function environmentOf(name: string, databaseUrl?: string): Promise<Record<string, string | undefined>> {
  const before = process.env;
  process.env = { ...hostile };
  try {
    const service = services.find((each) => each.name === name)!;
    const context = { dataDir: '', ports: portsFromEnvironment({}) };
    const instance = { name, service, ports: {} };
    const spec = serviceSpec(instance, '', context, {}, { dataDir: '', ...(databaseUrl && { databaseUrl }) });
    return (await spec.launch()).env;
  } finally {
    process.env = before;
  }
}
