export interface KafkaOptions {
  dataDir: string;
  port: number;
  controllerPort: number;
  logFile: string;
  /** `jvm` needs Java 17 and, the first time, Maven; `container` needs Docker. */
  runAs?: 'jvm' | 'container';
  onFetch?: () => void;
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
  // A broker that comes back after a kill is refused as a duplicate until its old session has lapsed: not for 9 s.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
  // A mistyped topic must fail, not appear.
  'auto.create.topics.enable': 'false',
  'log.retention.hours': '168',
  'log.segment.bytes': '134217728',
  'log.cleaner.dedupe.buffer.size': '8388608',
  'num.network.threads': '2',
  'num.io.threads': '4',
};
