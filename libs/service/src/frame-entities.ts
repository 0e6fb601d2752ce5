import { LeaseContenderEntity, LeaseEntity } from '#leases';
import { OutboxEntity } from '#messaging';
import type { EntityClass } from '#postgres';
import { InboxEntity, ParkedEventEntity, ParkedKeyEntity } from '#saga';
import { WorkerIdEntity } from '#snowflake';

/** One for each table of the frame, in every service's database. */
export const frameEntities: readonly EntityClass[] = [
  InboxEntity,
  LeaseContenderEntity,
  LeaseEntity,
  OutboxEntity,
  ParkedEventEntity,
  ParkedKeyEntity,
  WorkerIdEntity,
];
