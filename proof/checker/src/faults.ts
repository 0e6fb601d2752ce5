import type { bankProtocol } from '#contracts';

/** Faults of everything but the banks' own. */
export type SystemFault =
  /** SIGKILL; until it is started again. */
  | 'killed'
  /** SIGSTOP; until SIGCONT. */
  | 'frozen'
  /** SIGTERM; until it is started again. */
  | 'terminated'
  /** It takes its time to start. */
  | 'slow_start'
  | 'clock_step'
  /** Connections to the database are lost or refused, or what goes over them is late. */
  | 'database_away'
  /** A COMMIT, or the answer to one, is lost; a stretch without length. */
  | 'commit_lost'
  /** Kafka refuses, keeps silent, or loses an acknowledgement. */
  | 'kafka_away'
  /** Kafka loses an event that it has acknowledged. */
  | 'event_lost'
  | 'rebalance'
  /** An event that nobody can process. */
  | 'poison'
  /** The way to a bank is cut or slow, or the process behind it does not run. */
  | 'bank_unreachable';

export type FaultKind = SystemFault | bankProtocol.FaultName;

/** What is absent is not limited: a fault without a bank is no bank's, one without a service concerns them all. */
export interface FaultPlace {
  readonly service?: string | undefined;
  readonly instance?: string | undefined;
  readonly bank?: string | undefined;
}

/** A fault that was in effect: which, where, and from when until when (Unix ms). */
export interface FaultStretch {
  readonly kind: FaultKind;
  readonly at: FaultPlace;
  readonly fromMs: number;
  /** Infinity: to the end of the run. */
  readonly untilMs: number;
  /** The charge that felt it. */
  readonly charge?: string | undefined;
  /** It strikes that charge, and leaves all others alone. */
  readonly isAimed?: boolean;
}
