import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
// What Node can name of a CommonJS package ends before the enums of ACLs.
import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import type { KafkaConnection } from '#messaging';
import { kafkaClient } from '../../libs/messaging/src/kafka-client.js';
import { topics } from './topics.js';

/** What a user may do; everything else is refused. */
interface Rights {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** The consumer group that it may be a member of, or those whose names begin so. */
  readonly group: { readonly name: string; readonly isPrefix?: true };
  /** May look at every group, and at the topics' settings. */
  readonly inspects?: true;
}

/**
 * At the broker of `npm start`, by user. A service is believed for its own events only: it writes its own topics and no
 * other, so no other process can say that a bank has authorized or that the ledger has posted.
 */
export const rightsOf = {
  'payments-api': {
    reads: ['bank.events', 'ledger.events'],
    writes: ['payments.events', 'payments-api.dlq'],
    group: { name: 'payments-api' },
  },
  'bank-gateway': {
    reads: ['payments.events', 'ledger.events'],
    writes: ['bank.events', 'bank-gateway.dlq'],
    group: { name: 'bank-gateway' },
  },
  ledger: {
    reads: ['payments.events', 'bank.events'],
    writes: ['ledger.events', 'ledger.dlq'],
    group: { name: 'ledger' },
  },
  // For people's own tools.
  reader: { reads: topics, writes: [], group: { name: 'reader', isPrefix: true }, inspects: true },
} as const satisfies Readonly<Record<string, Rights>>;

export type GrantedUser = keyof typeof rightsOf;
export const grantedUsers = Object.keys(rightsOf) as GrantedUser[];

const LOOK_EVERY_MS = 50;
const LOOKS = 600;

/**
 * Gives each user its rights, and takes what an earlier version gave it beside them. Resolves once the broker goes by
 * them, which may be a while after its controller has acknowledged them.
 */
export async function grantRights(connection: KafkaConnection): Promise<void> {
  const wanted = grantedUsers.flatMap((user) => aclOf(user, rightsOf[user]));
  const admin = kafkaClient({ ...connection, clientId: 'holdfast-rights' }).admin();
  try {
    await admin.connect();
    const isGranted = async (): Promise<boolean> => isDeepStrictEqual(await rightsAt(admin), textsOf(wanted));
    if (await isGranted()) return;
    await admin.deleteAcls({ filters: grantedUsers.map((user) => ({ ...anything(), principal: principalOf(user) })) });
    await admin.createAcls({ acl: wanted });
    for (let look = 1; !(await isGranted()); look++) {
      if (look === LOOKS) throw new Error('Kafka does not go by the rights that it was told');
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await admin.disconnect();
  }
}

/** Of our users, as the broker knows them. */
async function rightsAt(admin: Admin): Promise<string[]> {
  const { resources } = await admin.describeAcls(anything());
  const entries = resources.flatMap(({ acls, ...resource }) => acls.map((acl) => ({ ...resource, ...acl })));
  const ours = new Set(grantedUsers.map(principalOf));
  return textsOf(entries.filter(({ principal }) => ours.has(principal)));
}

const textsOf = (entries: readonly AclEntry[]): string[] =>
  entries
    .map((entry) =>
      [
        entry.principal,
        entry.host,
        entry.permissionType,
        entry.operation,
        entry.resourceType,
        entry.resourcePatternType,
        entry.resourceName,
      ].join(' '),
    )
    .sort();

function anything() {
  const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
  return {
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  };
}

function aclOf(user: string, rights: Rights): AclEntry[] {
  const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
  const may = (
    operation: AclEntry['operation'],
    resourceType: AclEntry['resourceType'],
    resourceName: string,
    resourcePatternType: AclEntry['resourcePatternType'] = ResourcePatternTypes.LITERAL,
  ): AclEntry => ({
    principal: principalOf(user),
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    operation,
    resourceType,
    resourceName,
    resourcePatternType,
  });
  // Kafka takes the right to read or to write for the right to describe.
  return [
    ...rights.reads.map((topic) => may(AclOperationTypes.READ, AclResourceTypes.TOPIC, topic)),
    ...rights.writes.map((topic) => may(AclOperationTypes.WRITE, AclResourceTypes.TOPIC, topic)),
    may(
      AclOperationTypes.READ,
      AclResourceTypes.GROUP,
      rights.group.name,
      rights.group.isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    ),
    ...(rights.inspects
      ? [
          may(AclOperationTypes.DESCRIBE, AclResourceTypes.GROUP, '*'),
          ...rights.reads.map((topic) => may(AclOperationTypes.DESCRIBE_CONFIGS, AclResourceTypes.TOPIC, topic)),
        ]
      : []),
  ];
}

const principalOf = (user: string): string => `User:${user}`;
