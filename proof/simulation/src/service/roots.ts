import { GatewayModule } from '../../../../apps/bank-gateway/src/gateway.module.js';
import { LedgerModule } from '../../../../apps/ledger/src/ledger.module.js';
import { PaymentsApiModule } from '../../../../apps/payments-api/src/payments-api.module.js';

/** The root modules of the services. Everything below them is production code. */
export const roots = [PaymentsApiModule, GatewayModule, LedgerModule] as const;
