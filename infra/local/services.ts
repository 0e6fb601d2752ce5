import { join } from 'node:path';
import { bankProtocol } from '#contracts';
import type { ServiceWithDatabase } from '../postgres/service-databases.js';
import { bankPort, type PortName, type Ports } from './ports.js';

/** A process of the system, as the supervisor sees it. */
export interface LocalServiceDefinition {
  name: string;
  /** The compiled entry, relative to the repository. */
  entry: string;
  /** Environment variable → port. An instance n > 1 gets each of them + 100 · (n − 1). */
  ports: Readonly<Record<string, PortName>>;
  /** The variable of the port that answers GET /health/ready. */
  healthPort: string;
  /** More than one instance may run. */
  scalable: boolean;
  /** It has a database of its own: infra/postgres/service-databases.ts. */
  database?: ServiceWithDatabase;
  /** The variables of the operator's environment that are meant for it, besides those of `everyService`. */
  settings?: readonly string[];
  /** Beside what all services get; `dataDir` is the folder for data of all processes. */
  env?(context: { dataDir: string; ports: Ports }): Record<string, string>;
}

/** The variables of the operator's environment that are meant for every service. */
export const everyService = [
  'ALLOWED_HOSTS',
  'DATABASE_POOL',
  'LOG_LEVEL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OUTBOX_SWEEP_EVERY_MS',
  'TEST_CLOCK_OFFSET_MS',
  'TRACE_EXPORT',
  'TRACE_FILE',
  'TRACES_PER_SECOND',
] as const;

const bankPortVariables = Object.fromEntries(
  bankProtocol.bankNames.map((name) => [`BANK_${name.toUpperCase()}_PORT`, bankPort(name)]),
);

/** In start order. They stop in reverse, so that clients stop before their servers. */
export const services = [
  {
    name: 'bank-simulator',
    entry: 'dist/apps/bank-simulator/src/main.js',
    ports: {
      BANKS_ADMIN_PORT: 'banksAdmin',
      ...bankPortVariables,
    },
    healthPort: 'BANKS_ADMIN_PORT',
    scalable: false,
    settings: ['BANKS_ADMIN_HOST', 'BANKS_HOST'],
    env: ({ dataDir }) => ({ BANKS_DATA_DIR: `${dataDir}/banks` }),
  },
  {
    name: 'ledger',
    entry: 'dist/apps/ledger/src/main.js',
    ports: { ADMIN_PORT: 'ledgerAdmin' },
    healthPort: 'ADMIN_PORT',
    scalable: true,
    database: 'ledger',
    settings: ['RECONCILE_EVERY_MS', 'RECONCILE_GRACE_MS', 'REFUND_OVERDRAFT_MINOR'],
  },
  {
    name: 'bank-gateway',
    entry: 'dist/apps/bank-gateway/src/main.js',
    ports: { ADMIN_PORT: 'gatewayAdmin' },
    healthPort: 'ADMIN_PORT',
    scalable: true,
    database: 'bank-gateway',
    settings: [
      'BANK_ATTEMPT_TIMEOUT_MS',
      'BANK_IN_FLIGHT',
      'BANK_ISOLATED_IN_FLIGHT',
      'BANK_ISOLATED_IN_FLIGHT_PER_ACCOUNT',
      'BANK_VALID_FOR_MS',
      'OPERATIONS_LOOK_EVERY_MS',
      'STATEMENT_EVERY_MS',
    ],
    env: ({ ports }) => ({ BANKS: process.env.BANKS || JSON.stringify(bankUrls(ports)) }),
  },
  {
    name: 'payments-api',
    entry: 'dist/apps/payments-api/src/main.js',
    ports: { PORT: 'api', ADMIN_PORT: 'apiAdmin' },
    healthPort: 'ADMIN_PORT',
    scalable: true,
    database: 'payments-api',
    settings: [
      'ADMIT_UNCOMMITTED',
      'ADMIT_IN_PROGRESS_PER_ACCOUNT',
      'ADMIT_WAITING_PER_ACCOUNT',
      'ADMIT_UNSETTLED_WITH_FAULT',
      'ADMIT_UNSETTLED_WITH_FAULT_PER_ACCOUNT',
      'REFUNDS_PER_CHARGE',
      'ADMIT_QUEUE_MS',
      'ADMIT_UNSETTLED',
      'ADMIT_UNSETTLED_PER_ACCOUNT',
      'ADMIT_UNSETTLED_PER_NETWORK',
      'ANSWER_WITHIN_MS',
      'API_KEYS',
      'API_SECRET',
      'COMMIT_WITHIN_MS',
    ],
  },
] as const satisfies readonly LocalServiceDefinition[];

/** `npm start` runs it beside the services. Nothing that the services do depends on it. */
export const consoleService = {
  name: 'console',
  entry: 'dist/apps/console/src/main.js',
  ports: { CONSOLE_PORT: 'console' },
  healthPort: 'CONSOLE_PORT',
  scalable: false,
  settings: ['CONSOLE_TOKEN', 'CONSOLE_API_KEY'],
  // Empty counts as not set: the supervisor says where this system is, whatever other one the shell names.
  env: ({ dataDir }) => ({
    CONSOLE_HOST: '127.0.0.1',
    SUPERVISOR_RUN_DIR: join(dataDir, '..', 'run'),
    API_URL: '',
    PAYMENTS_ADMIN_URL: '',
    GATEWAY_ADMIN_URL: '',
    LEDGER_ADMIN_URL: '',
    BANKS_ADMIN_URL: '',
  }),
} as const satisfies LocalServiceDefinition;

export type LocalProcessName = (typeof services)[number]['name'];

export function bankUrls(ports: Ports): Record<string, string> {
  return bankProtocol.bankUrlsAt('http://127.0.0.1', (name) => ports[bankPort(name)]);
}
