import { join } from 'node:path';
import { CannotStart } from './cannot-start.js';
import { childEnvironment, postgresVariables } from './child-environment.js';
import { freePorts } from './free-ports.js';
import type { ProcessSpec } from './managed-process.js';
import { portTable, type PortName, type Ports } from './ports.js';
import { cacheFolder, repositoryRoot } from './repository.js';
import type { RuntimeOptions } from './runtime-options.js';
import { bankUrls, everyService, services, type LocalServiceDefinition } from './services.js';

export class UnknownProcess extends CannotStart {
  override name = 'UnknownProcess';
}

export interface Urls {
  /** Of the first instance of payments-api. */
  api: string;
  /** Of all of them. */
  apis: string[];
  /** By process name. */
  admin: Record<string, string>;
  banksAdmin: string;
  /** By the bank's name. */
  banks: Record<string, string>;
}

/** One process of a service. */
export interface Instance {
  name: string;
  service: LocalServiceDefinition;
  /** Environment variable → port. */
  ports: Record<string, number>;
}

export async function planInstances(options: RuntimeOptions, ports: Ports): Promise<Instance[]> {
  const chosen = (options.services ?? services).map((choice): LocalServiceDefinition => {
    if (typeof choice !== 'string') return choice;
    return services.find(({ name }) => name === choice)!;
  });
  for (const [name, count] of Object.entries(options.instances ?? {})) {
    const service = chosen.find((each) => each.name === name);
    if (!service)
      throw new UnknownProcess(`no service ${name}; there are: ${chosen.map((each) => each.name).join(', ')}`);
    if (count !== 1 && !service.scalable) throw new CannotStart(`${name} runs as one instance only`);
  }
  const planned: Instance[] = [];
  for (const service of chosen) {
    for (let number = 1; number <= (options.instances?.[service.name] ?? 1); number += 1) {
      const variables = Object.entries(service.ports);
      const free = options.ports === 'free' && number > 1 ? await freePorts(variables.length) : undefined;
      planned.push({
        name: number === 1 ? service.name : `${service.name}-${number}`,
        service,
        ports: Object.fromEntries(
          variables.map(([variable, port], index) => [variable, free?.[index] ?? ports[port] + 100 * (number - 1)]),
        ),
      });
    }
  }
  return planned;
}

export function serviceSpec(
  instance: Instance,
  logFile: string,
  context: { dataDir: string; ports: Ports },
  shared: Record<string, string>,
  options: RuntimeOptions,
): ProcessSpec {
  const { name, service } = instance;
  const env = {
    ...childEnvironment('service', { alsoMeant: settingsFor(service, options) }),
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(cacheFolder, 'node'), // nearly halves the CPU that a start takes
    ...shared,
    ...Object.fromEntries(Object.entries(instance.ports).map(([variable, port]) => [variable, String(port)])),
    ...service.env?.(context),
    INSTANCE_ID: name,
    ...options.env,
    ...options.serviceEnv?.[service.name],
    ...options.serviceEnv?.[name],
  };
  const health = `http://127.0.0.1:${instance.ports[service.healthPort]}/health/ready`;
  return {
    name,
    logFile,
    readyTimeoutMs: 60_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 15_000,
    launch: async () => ({
      command: process.execPath,
      // Room for the young generation: what a batch allocates is garbage by its commit, and is not copied twice.
      args: ['--enable-source-maps', '--max-semi-space-size=32', service.entry],
      cwd: repositoryRoot,
      env: { ...env, ...options.envAtLaunch?.(name, env) },
    }),
    isReady: async () => (await fetch(health, { signal: AbortSignal.timeout(2_000) })).ok,
  };
}

function settingsFor({ settings = [] }: LocalServiceDefinition, { databaseUrl }: RuntimeOptions): string[] {
  return [...everyService, ...settings, ...(databaseUrl === undefined ? [] : postgresVariables().filter(isOfNoLogin))];
}

/** The services have logins of their own: the one in the operator's variables is the administrator's. */
const isOfNoLogin = (variable: string): boolean => !/^PG(USER|PASSWORD|PASSFILE|DATABASE|SERVICE\w*)$/.test(variable);

/** All ports about to be listened on, so that every taken one is told at once, before anything starts. */
export function portsToBind(options: RuntimeOptions, ports: Ports, instances: readonly Instance[]) {
  const own = (name: PortName) => ({ ...portTable[name], port: ports[name] });
  return [
    ...(options.alsoBinds ?? []).map(own),
    ...(options.databaseUrl === undefined ? [own('postgres')] : []),
    ...(options.kafkaBrokers === undefined ? [own('kafka')] : []),
    ...(options.kafkaBrokers === undefined && options.kafka !== 'container' ? [own('kafkaController')] : []),
    ...instances.flatMap(({ service, name, ports: chosen }) =>
      Object.entries(service.ports).map(([variable, portName]) => ({
        ...own(portName),
        port: chosen[variable]!,
        of: `${portTable[portName].of}, process ${name}`,
      })),
    ),
  ];
}

/** Groups to stop one after another: services from last to first, all instances of one together; then Kafka, then Postgres. */
export function stopOrder(started: readonly string[], instances: readonly Instance[]): string[][] {
  const order = [...new Set(instances.map(({ service }) => service.name))].reverse();
  const groups = order.map((service) =>
    instances.filter((instance) => instance.service.name === service).map(({ name }) => name),
  );
  return [...groups, ['kafka'], ['postgres']].map((group) => group.filter((name) => started.includes(name)));
}

export function urlsOf(instances: readonly Instance[], ports: Ports): Urls {
  const at = (port: number | undefined): string => `http://127.0.0.1:${port}`;
  const apis = instances.flatMap((instance) => ('PORT' in instance.ports ? [at(instance.ports.PORT)] : []));
  return {
    api: apis[0] ?? at(ports.api),
    apis,
    admin: Object.fromEntries(instances.map(({ name, service, ports }) => [name, at(ports[service.healthPort])])),
    banksAdmin: at(ports.banksAdmin),
    banks: bankUrls(ports),
  };
}
