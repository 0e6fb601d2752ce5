import { LeaseContenderEntity, LeaseEntity } from '#leases';
import { OutboxEntity } from '#messaging';
import type { EntityClass } from '#postgres';
import { InboxEntity, ParkedEventEntity, ParkedKeyEntity } from '#saga';
import { WorkerIdEntity } from '#snowflake';

/** One entity per table of the frame. Every service's database has them. */
export const frameEntities: readonly EntityClass[] = [
  InboxEntity,
  LeaseContenderEntity,
  LeaseEntity,
  OutboxEntity,
  ParkedEventEntity,
  ParkedKeyEntity,
  WorkerIdEntity,
];
