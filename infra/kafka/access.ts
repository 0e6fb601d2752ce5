import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
// A default import, because Node finds no named exports for the ACL enums of this CommonJS package.
import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import {
  deadLetterTopicOf,
  formerTopicOf,
  producers,
  topicsFrom,
  topicsTo,
  type Producer,
  type ServiceName,
} from '#contracts';
import type { KafkaConnection } from '#messaging';
import { kafkaClient } from '../../libs/messaging/src/kafka-client.js';
import { topics } from './topics.js';

/** Rights of a user. Everything else is denied. */
interface Rights {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** The consumer group that it may join, or the prefix of the groups. */
  readonly group: { readonly name: string; readonly isPrefix?: true };
  /** May describe every group and the topics' settings. */
  readonly inspects?: true;
}

export type GrantedUser = ServiceName | 'reader';

/**
 * Rights at the broker of `npm start`, by user. A service may write only its own topics, so no other process can forge an
 * authorization or a posting.
 */
export const rightsOf: Readonly<Record<GrantedUser, Rights>> = {
  'payments-api': rightsOfService('payments'),
  'bank-gateway': rightsOfService('bank'),
  ledger: rightsOfService('ledger'),
  // For tools of operators and developers.
  reader: { reads: topics, writes: [], group: { name: 'reader', isPrefix: true }, inspects: true },
};
export const grantedUsers = Object.keys(rightsOf) as GrantedUser[];

/** Former topics of the other producers too: nothing is published in them any more, but not all of it may be consumed. */
function rightsOfService(producer: Producer): Rights {
  const service = producers[producer];
  const others = (Object.keys(producers) as Producer[]).filter((other) => other !== producer);
  return {
    reads: [...topicsTo(service), ...others.map(formerTopicOf)],
    writes: [...topicsFrom(producer), deadLetterTopicOf(service)],
    group: { name: service },
  };
}

const LOOK_EVERY_MS = 50;
const LOOKS = 600;

/**
 * Grants each user its rights, and removes those of earlier versions. Resolves once the broker applies them, which may be
 * some time after the controller's acknowledgement.
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
      if (look === LOOKS) throw new Error('Kafka does not apply the granted rights');
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await admin.disconnect();
  }
}

/** The rights of these users at the broker. */
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
  // In Kafka, READ and WRITE imply DESCRIBE.
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
