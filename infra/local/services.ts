import type { PortName, Ports } from './ports.js';

/** A process of the system, as the supervisor sees it. */
export interface ServiceDefinition {
  name: string;
  /** The compiled entry, relative to the repository. */
  entry: string;
  /** Environment variable → port. An instance n > 1 gets each of them + 100 · (n − 1). */
  ports: Readonly<Record<string, PortName>>;
  /** The variable of the port that answers GET /health/ready. */
  healthPort: string;
  /** More than one instance may run. */
  scalable: boolean;
  /** Beside what all services get; `dataDir` is the folder for data of all processes. */
  env?(context: { dataDir: string; ports: Ports }): Record<string, string>;
}

/** In the order in which they may be stopped from last to first: whoever asks stops before whoever answers. */
export const services = [
  {
    name: 'bank-simulator',
    entry: 'dist/apps/bank-simulator/src/main.js',
    ports: {
      BANKS_ADMIN_PORT: 'banksAdmin',
      BANK_ALDER_PORT: 'bankAlder',
      BANK_BIRCH_PORT: 'bankBirch',
      BANK_CEDAR_PORT: 'bankCedar',
      BANK_DOGWOOD_PORT: 'bankDogwood',
    },
    healthPort: 'BANKS_ADMIN_PORT',
    scalable: false,
    env: ({ dataDir }) => ({ BANKS_DATA_DIR: `${dataDir}/banks` }),
  },
  {
    name: 'ledger',
    entry: 'dist/apps/ledger/src/main.js',
    ports: { ADMIN_PORT: 'ledgerAdmin' },
    healthPort: 'ADMIN_PORT',
    scalable: true,
  },
  {
    name: 'bank-gateway',
    entry: 'dist/apps/bank-gateway/src/main.js',
    ports: { ADMIN_PORT: 'gatewayAdmin' },
    healthPort: 'ADMIN_PORT',
    scalable: true,
    env: ({ ports }) => ({ BANKS: process.env.BANKS ?? JSON.stringify(bankUrls(ports)) }),
  },
  {
    name: 'payments-api',
    entry: 'dist/apps/payments-api/src/main.js',
    ports: { PORT: 'api', ADMIN_PORT: 'apiAdmin' },
    healthPort: 'ADMIN_PORT',
    scalable: true,
  },
] as const satisfies readonly ServiceDefinition[];

export type ServiceName = (typeof services)[number]['name'];

export function bankUrls(ports: Ports): Record<string, string> {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    alder: at(ports.bankAlder),
    birch: at(ports.bankBirch),
    cedar: at(ports.bankCedar),
    dogwood: at(ports.bankDogwood),
  };
}
