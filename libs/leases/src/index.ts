export { Leases, type LeasesOptions, type LeaseStore } from './leases.js';
export type { Contender, LeaseHandlers } from './contender.js';
export { fence, StaleLeaseError, type Lease } from './lease.js';
export { leaseTableSql } from './lease-table.js';
export { forgetLostContenders } from './lease.repository.js';
export { LeaseEntity } from './lease.entity.js';
export { LeaseContenderEntity } from './lease-contender.entity.js';
