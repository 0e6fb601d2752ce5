import type { bankProtocol } from '#contracts';

/** Kinds of faults other than the banks' own. */
export type SystemFault =
  /** SIGKILL, until the next start. */
  | 'killed'
  /** SIGSTOP, until SIGCONT. */
  | 'frozen'
  /** SIGTERM, until the next start. */
  | 'terminated'
  /** A slow start. */
  | 'slow_start'
  | 'clock_step'
  /** Connections to the database are lost, refused or slow. */
  | 'database_away'
  /** A COMMIT or its answer is lost, at one moment. */
  | 'commit_lost'
  /** Kafka refuses, does not answer, or an acknowledgement is lost. */
  | 'kafka_away'
  /** Kafka loses an acknowledged event. */
  | 'event_lost'
  | 'rebalance'
  /** A poison event: every retry fails. */
  | 'poison'
  /** The connection to a bank is cut or slow, or the bank's process is down. */
  | 'bank_unreachable';

export type FaultKind = SystemFault | bankProtocol.FaultName;

/** Where a fault is in effect. Without a service it affects every service; without a bank it is no bank's. */
export interface FaultPlace {
  readonly service?: string | undefined;
  readonly instance?: string | undefined;
  readonly bank?: string | undefined;
}

/** A fault, its place, and the time range of its effect (Unix ms). */
export interface FaultStretch {
  readonly kind: FaultKind;
  readonly at: FaultPlace;
  readonly fromMs: number;
  /** Infinity for the end of the run. */
  readonly untilMs: number;
  /** The affected charge. */
  readonly charge?: string | undefined;
  /** Only that charge is affected: a fault token or a poison event. */
  readonly isAimed?: boolean;
}
