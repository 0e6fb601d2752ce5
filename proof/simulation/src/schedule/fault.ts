import type { bankProtocol, Topic } from '#contracts';

export type SimulatedServiceName = 'payments-api' | 'bank-gateway' | 'ledger';

/** One fault, planned before the world begins. `instance` counts from 0. */
export type PlannedFault =
  | {
      readonly kind: 'kill';
      readonly atMs: number;
      readonly service: SimulatedServiceName;
      readonly instance: number;
      readonly downMs: number;
    }
  /** SIGTERM: an orderly shutdown, then a start. */
  | {
      readonly kind: 'terminate';
      readonly atMs: number;
      readonly service: SimulatedServiceName;
      readonly instance: number;
      readonly downMs: number;
    }
  /** A rolling restart of all instances. */
  | { readonly kind: 'rolling_restart'; readonly atMs: number; readonly service: SimulatedServiceName }
  | {
      readonly kind: 'freeze';
      readonly atMs: number;
      readonly service: SimulatedServiceName;
      readonly instance: number;
      readonly forMs: number;
    }
  /** All database connections of the instance are cut. */
  | { readonly kind: 'cut'; readonly atMs: number; readonly service: SimulatedServiceName; readonly instance: number }
  | {
      readonly kind: 'database_away';
      readonly atMs: number;
      readonly service: SimulatedServiceName;
      readonly forMs: number;
    }
  | { readonly kind: 'kafka_away'; readonly atMs: number; readonly forMs: number }
  | { readonly kind: 'rebalance'; readonly atMs: number; readonly service: SimulatedServiceName }
  | {
      readonly kind: 'clock_step';
      readonly atMs: number;
      readonly service: SimulatedServiceName;
      readonly instance: number;
      readonly byMs: number;
    }
  /** The service's next COMMIT is lost before the server commits, or its answer after that. */
  | {
      readonly kind: 'commit_lost';
      readonly atMs: number;
      readonly service: SimulatedServiceName;
      readonly when: 'lost_before' | 'lost_after';
    }
  | {
      readonly kind: 'publish_lost';
      readonly atMs: number;
      readonly service: SimulatedServiceName;
      /** `lost_acknowledged`: Kafka loses an acknowledged record. */
      readonly when: 'lost_before' | 'lost_after' | 'lost_acknowledged';
    }
  /** An unreadable record. It is parked, and later events of its key behind it, until an operator acts. */
  | { readonly kind: 'poison'; readonly atMs: number; readonly topic: Topic }
  | { readonly kind: 'bank'; readonly atMs: number; readonly forMs: number; readonly rule: bankProtocol.FaultRule };

export function describe(fault: PlannedFault): string {
  switch (fault.kind) {
    case 'kill':
      return `${fault.service}-${fault.instance} is killed, and started again after ${fault.downMs} ms`;
    case 'terminate':
      return `${fault.service}-${fault.instance} is told to end, and started again ${fault.downMs} ms after it has`;
    case 'rolling_restart':
      return `${fault.service} is restarted, one instance after the other`;
    case 'freeze':
      return `${fault.service}-${fault.instance} is frozen for ${fault.forMs} ms`;
    case 'cut':
      return `${fault.service}-${fault.instance} loses its connections to the database`;
    case 'database_away':
      return `the database of ${fault.service} is away for ${fault.forMs} ms`;
    case 'kafka_away':
      return `Kafka is away for ${fault.forMs} ms`;
    case 'rebalance':
      return `the group of ${fault.service} shares its partitions out anew`;
    case 'clock_step':
      return `the wall clock of ${fault.service}-${fault.instance} steps by ${fault.byMs} ms`;
    case 'commit_lost':
      return fault.when === 'lost_before'
        ? `a COMMIT of ${fault.service} is lost on its way`
        : `the answer to a COMMIT of ${fault.service} is lost`;
    case 'publish_lost':
      switch (fault.when) {
        case 'lost_before':
          return `a send of ${fault.service} to Kafka is lost on its way`;
        case 'lost_after':
          return `Kafka's answer to a send of ${fault.service} is lost`;
        case 'lost_acknowledged':
          return `Kafka loses a send of ${fault.service} that it has acknowledged`;
      }
    case 'poison':
      return `a record that nobody can read stands in ${fault.topic}`;
    case 'bank': {
      const { rule } = fault;
      const what = rule.operation ?? 'every operation';
      const often = rule.times === undefined ? '' : `, ${rule.times} times at most`;
      return `for ${fault.forMs} ms: ${rule.fault} on ${what} at ${rule.scope.bank ?? 'every bank'}, ${Math.round(rule.probability * 100)} % of the time${often}`;
    }
  }
}
