import { GatewayModule } from '../../../../apps/bank-gateway/src/gateway.module.js';
import { LedgerModule } from '../../../../apps/ledger/src/ledger.module.js';
import { PaymentsApiModule } from '../../../../apps/payments-api/src/payments-api.module.js';

/** The services, by their root modules: from here on everything is production's own. */
export const roots = [PaymentsApiModule, GatewayModule, LedgerModule] as const;
