import { bankProtocol } from '#contracts';
import { CannotStart } from './cannot-start.js';
import { freePorts, obstacleAt } from './free-ports.js';

/** The port of a bank, by its name here: `bankAlder`. */
export function bankPort<Name extends bankProtocol.BankName>(name: Name): `bank${Capitalize<Name>}` {
  return `bank${(name[0]!.toUpperCase() + name.slice(1)) as Capitalize<Name>}`;
}

const bankPorts = Object.fromEntries(
  bankProtocol.bankNames.map((name) => [
    bankPort(name),
    {
      port: bankProtocol.bankProfiles[name].defaultPort,
      variable: `HOLDFAST_PORT_BANK_${name.toUpperCase()}`,
      of: `the bank ${name}`,
    },
  ]),
) as Record<ReturnType<typeof bankPort<bankProtocol.BankName>>, { port: number; variable: string; of: string }>;

/** Every port that `npm start` listens on, all of them on loopback. */
export const portTable = {
  api: { port: 3000, variable: 'HOLDFAST_PORT_API', of: "payments-api's /v1" },
  apiAdmin: { port: 3001, variable: 'HOLDFAST_PORT_API_ADMIN', of: "payments-api's admin API" },
  gatewayAdmin: { port: 3002, variable: 'HOLDFAST_PORT_GATEWAY_ADMIN', of: "bank-gateway's admin API" },
  ledgerAdmin: { port: 3003, variable: 'HOLDFAST_PORT_LEDGER_ADMIN', of: "ledger's admin API" },
  console: { port: 3004, variable: 'HOLDFAST_PORT_CONSOLE', of: 'the console' },
  control: { port: 3009, variable: 'HOLDFAST_PORT_CONTROL', of: "the supervisor's control API" },
  banksAdmin: { port: 3010, variable: 'HOLDFAST_PORT_BANKS_ADMIN', of: "the banks' admin API" },
  ...bankPorts,
  postgres: { port: 3032, variable: 'HOLDFAST_PORT_POSTGRES', of: 'Postgres' },
  kafka: { port: 3092, variable: 'HOLDFAST_PORT_KAFKA', of: 'Kafka' },
  kafkaController: { port: 3093, variable: 'HOLDFAST_PORT_KAFKA_CONTROLLER', of: "Kafka's controller" },
} as const;

export type PortName = keyof typeof portTable;
export type Ports = Record<PortName, number>;

const names = Object.keys(portTable) as PortName[];

/**
 * The ports of the table, all moved by HOLDFAST_PORT_OFFSET, each replaced by its own variable.
 * @throws CannotStart naming the variable whose value is no port
 */
export function portsFromEnvironment(env: NodeJS.ProcessEnv): Ports {
  const offset = Number(env.HOLDFAST_PORT_OFFSET || 0);
  if (!Number.isInteger(offset))
    throw new CannotStart(`HOLDFAST_PORT_OFFSET=${env.HOLDFAST_PORT_OFFSET} is no whole number`);
  return portsBy((name) => {
    const { port, variable } = portTable[name];
    const wanted = env[variable] ? Number(env[variable]) : port + offset;
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535) {
      const cause = env[variable] ? `${variable}=${env[variable]}` : `HOLDFAST_PORT_OFFSET=${env.HOLDFAST_PORT_OFFSET}`;
      throw new CannotStart(`${cause} gives no port`);
    }
    return wanted;
  });
}

export async function allFreePorts(): Promise<Ports> {
  const free = await freePorts(names.length);
  return portsBy((_, index) => free[index]!);
}

export class PortsTaken extends CannotStart {
  override name = 'PortsTaken';
}

/** @throws PortsTaken with one line for each port that cannot be listened on, naming why and what to set */
export async function assertFree(wanted: readonly { port: number; of: string; variable: string }[]): Promise<void> {
  const obstacles = await Promise.all(wanted.map(({ port }) => obstacleAt(port)));
  const lines = wanted.flatMap(({ port, of, variable }, index) => {
    const twin = wanted.find((other, place) => place < index && other.port === port);
    const obstacle = twin ? `is also that of ${twin.of}` : obstacles[index];
    return obstacle === undefined ? [] : [`Port ${port} (${of}) ${obstacle}. Set ${variable} to another one.`];
  });
  if (lines.length === 0) return;
  if (lines.length > 2) lines.push('Or move all ports: HOLDFAST_PORT_OFFSET=1000');
  throw new PortsTaken(lines.join('\n'));
}

function portsBy(choose: (name: PortName, index: number) => number): Ports {
  return Object.fromEntries(names.map((name, index) => [name, choose(name, index)])) as Ports;
}
