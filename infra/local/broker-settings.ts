import { jaasConfig, superUsers, type KafkaLogins } from './kafka-logins.js';

export interface BrokerOptions {
  dataDir: string;
  port: number;
  controllerPort: number;
  logFile: string;
  /** `jvm` needs Java 17 and, the first time, Maven; `container` needs Docker. */
  runAs?: 'jvm' | 'container';
  onFetch?: () => void;
  /** Logins with their granted rights. Default: any client, with all rights. */
  logins?: KafkaLogins;
}

/** Broker settings that hold for a single node and a small machine, shared by both ways to run it. */
export const brokerSettings: Record<string, string> = {
  // With one broker these must be 1, or group coordination never comes up.
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'offsets.topic.num.partitions': '8',
  'group.initial.rebalance.delay.ms': '0',
  // After a kill, a broker is refused as a duplicate until its old session expires, by default after 9 s.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
  // A mistyped topic must fail, not appear.
  'auto.create.topics.enable': 'false',
  'log.retention.hours': '168',
  'log.segment.bytes': '134217728',
  'log.cleaner.dedupe.buffer.size': '8388608',
  // On two cores more threads only hand work to each other.
  'num.network.threads': '1',
  'num.io.threads': '2',
  'group.coordinator.threads': '1',
  // By default an idle controller writes and syncs a record without content twice a second.
  'metadata.max.idle.interval.ms': '5000',
};

/**
 * Access rules of each listener, deny by default. Only the broker may use the controller's listener: a client there
 * could write the broker's metadata.
 *
 * @param at where the broker listens, is reached by its clients, and listens as its controller: `host:port` each
 */
export function listenerSettings(
  at: { clients: string; advertised: string; controller: string },
  logins: KafkaLogins | undefined,
): Record<string, string> {
  const protocol = logins ? 'SASL_PLAINTEXT' : 'PLAINTEXT';
  const caller = logins && ({ user: 'broker', password: logins.broker } as const);
  return {
    listeners: `CLIENTS://${at.clients},CONTROLLER://${at.controller}`,
    'advertised.listeners': `CLIENTS://${at.advertised}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'CLIENTS',
    'listener.security.protocol.map': `CLIENTS:${protocol},CONTROLLER:${protocol}`,
    ...(logins &&
      caller && {
        'sasl.enabled.mechanisms': 'PLAIN',
        'sasl.mechanism.inter.broker.protocol': 'PLAIN',
        'sasl.mechanism.controller.protocol': 'PLAIN',
        'listener.name.clients.plain.sasl.jaas.config': jaasConfig(logins, caller),
        'listener.name.controller.plain.sasl.jaas.config': jaasConfig({ broker: logins.broker }, caller),
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'allow.everyone.if.no.acl.found': 'false',
        'super.users': superUsers.map((user) => `User:${user}`).join(';'),
      }),
  };
}
