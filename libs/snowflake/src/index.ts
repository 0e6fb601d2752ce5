export { Snowflake, IdsExhaustedError, snowflakeEpoch, type SnowflakeOptions } from './snowflake.js';
export { encodeBase62 } from './base62.js';
export { firstIdAt, newId, SnowflakeIds, type Ids } from './ids.js';
export { WorkerIdLease, NoWorkerIdError, type WorkerIdLeaseOptions } from './worker-id-lease.js';
export { workerIdTableSql } from './worker-id.repository.js';
export { WorkerIdEntity } from './worker-id.entity.js';
