import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaConnection } from '#messaging';
import { grantedUsers, type GrantedUser } from '../kafka/access.js';
import { writePrivate } from './private-file.js';

/** `broker` is the broker to itself and to its controller; `supervisor` creates topics and grants rights. Both may do all. */
export const superUsers = ['broker', 'supervisor'] as const;
export type KafkaUser = GrantedUser | (typeof superUsers)[number];
/** User → password. */
export type KafkaLogins = Readonly<Record<KafkaUser, string>>;

const users: readonly KafkaUser[] = [...superUsers, ...grantedUsers];

/** Random for each data folder, kept in it, for its owner alone to read. */
export async function ensureKafkaLogins(dataDir: string): Promise<KafkaLogins> {
  const file = join(dataDir, 'kafka-logins.json');
  await mkdir(dataDir, { recursive: true });
  const kept = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<KafkaLogins>;
  const logins = Object.fromEntries(
    users.map((user) => [user, kept[user] ?? randomBytes(18).toString('base64url')]),
  ) as unknown as KafkaLogins;
  if (users.some((user) => kept[user] === undefined)) await writePrivate(file, JSON.stringify(logins, null, 2));
  return logins;
}

/** Every client needs a login; a process without one receives only the broker's address. */
export function connectionAs(user: string, brokers: string, logins: KafkaLogins): KafkaConnection {
  const password = (logins as Partial<Record<string, string>>)[user];
  return {
    brokers: brokers.split(','),
    ...(password !== undefined && { sasl: { mechanism: 'PLAIN', username: user, password } }),
  };
}

/**
 * Kafka's own way to name users and passwords: those that a listener takes, and the one with which the broker calls.
 * Passwords are base64url, so they need no escapes.
 */
export function jaasConfig(logins: Partial<KafkaLogins>, caller: { user: KafkaUser; password: string }): string {
  const accepted = Object.entries(logins).map(([user, password]) => `user_${user}="${password}"`);
  return [
    'org.apache.kafka.common.security.plain.PlainLoginModule required',
    `username="${caller.user}"`,
    `password="${caller.password}"`,
    ...accepted,
  ]
    .join(' ')
    .concat(';');
}

/** A login for people's own tools, in the form that Kafka's own ones take. @returns the file, for its owner to read */
export async function writeReaderFile(dataDir: string, brokers: string, { reader }: KafkaLogins): Promise<string> {
  const file = join(dataDir, 'kafka-reader.properties');
  await writePrivate(
    file,
    `# A login that reads every topic and writes none, for tools of yours:
#   kafka-console-consumer.sh --bootstrap-server ${brokers} --consumer.config ${file} --topic ledger.events.payments-api --from-beginning
# kcat and others on librdkafka: sasl.username=reader and sasl.password=${reader} in place of sasl.jaas.config.
# Its consumer groups are those whose names begin with "reader".
bootstrap.servers=${brokers}
security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=${jaasConfig({}, { user: 'reader', password: reader })}
group.id=reader
`,
  );
  return file;
}
