/** A hard state: a rare situation that a campaign must reach, or it fails. */
export interface Sometimes<Id extends SimulatedSometimesId = SometimesId> {
  /** Never changes, so that old and new reports can be compared. */
  readonly id: Id;
  readonly what: string;
}

export type SometimesId = (typeof everywhere)[number]['id'];
export type SimulatedSometimesId = SometimesId | (typeof inSimulation)[number]['id'];

/** A counter for each hard state, as a function of a run's facts. The type requires all of them. */
export type SometimesCounts<Facts, Id extends SimulatedSometimesId = SometimesId> = Readonly<
  Record<Id, (facts: Facts) => number>
>;

const everywhere = [
  { id: 'breaker-opened', what: 'a breaker opened' },
  { id: 'breaker-half-opened', what: 'a breaker half-opened' },
  { id: 'breaker-closed', what: 'a breaker closed again' },
  { id: 'doubt-had-happened', what: 'an operation in doubt turned out to have happened' },
  { id: 'doubt-had-not', what: 'an operation in doubt turned out not to have happened' },
  { id: 'late-refused', what: 'a bank refused an attempt after its validUntil' },
  { id: 'reversed-unseen', what: 'an authorization was reversed that its bank had never seen' },
  { id: 'duplicate-dropped', what: 'an inbox dropped a duplicate event' },
  { id: 'crash-before-delete', what: 'a service crashed between publishing an event and deleting it' },
  { id: 'crash-after-begun', what: 'the gateway crashed between `begun` and the answer' },
  { id: 'rebalance-mid-batch', what: 'a consumer group was rebalanced during a batch' },
  { id: 'worker-thawed', what: 'a worker was frozen past its lease, and thawed' },
  { id: 'leader-replaced', what: 'a leader was replaced while it was paused' },
  { id: 'poison-replayed', what: 'a poison event was parked, and its key replayed' },
  { id: 'pending-then-succeeded', what: 'a request was answered `pending`, and its charge succeeded later' },
  { id: 'capture-won', what: 'a capture raced a cancellation and won' },
  { id: 'cancel-won', what: 'a cancellation raced a capture and won' },
  { id: 'hold-refused-compensated', what: 'an authorization was voided after its hold was refused' },
  { id: 'capture-failed-compensated', what: 'an authorization was voided after its capture failed' },
  { id: 'dropped-answer-replayed', what: 'a client that lost an answer retried and got the replay' },
] as const;

/** Hard states that only the simulation can reach, because it controls time and every request. */
const inSimulation = [
  { id: 'authorization-lapsed', what: 'an uncaptured authorization expired' },
  { id: 'list-walked-while-charging', what: 'a list of charges was walked while one was made' },
  { id: 'refund-without-balance', what: 'a refund was refused for lack of balance' },
  { id: 'stopped-in-flight', what: 'an API ended on SIGTERM with requests in progress' },
  { id: 'inbox-forgot', what: 'an inbox deleted ids that no topic can deliver any more' },
  { id: 'revoked-key-refused', what: 'an API key that had opened its account was revoked, and refused' },
  { id: 'key-used-anew', what: 'an idempotency key was reused after it had expired' },
] as const;

export const sometimes: readonly Sometimes[] = everywhere;
export const sometimesInSimulation: readonly Sometimes<SimulatedSometimesId>[] = [...everywhere, ...inSimulation];
