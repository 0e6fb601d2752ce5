import type { ServiceDatabase } from '#postgres';
import { gatewayDatabase } from '../../apps/bank-gateway/src/gateway-database.js';
import { ledgerDatabase } from '../../apps/ledger/src/ledger-database.js';
import { paymentsDatabase } from '../../apps/payments-api/src/payments-database.js';
// Not by `#service`, which would load all of Nest into the supervisor.
import { withFrameTables } from '../../libs/service/src/frame-database.js';

/** By service; each has one of its own. */
export const serviceDatabases = {
  'payments-api': withFrameTables(paymentsDatabase),
  'bank-gateway': withFrameTables(gatewayDatabase),
  ledger: withFrameTables(ledgerDatabase),
} as const satisfies Readonly<Record<string, ServiceDatabase>>;

export type ServiceWithDatabase = keyof typeof serviceDatabases;
