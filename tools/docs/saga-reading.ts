import { producers, type EventContract, type ServiceName } from '#contracts';
import { sagaTable, type BankAnswerTrigger, type Saga, type SagaRow } from '../../libs/contracts/src/saga-table.js';

export type Cause = SagaRow['on'];

export const sagaTitles: Readonly<Record<Saga, string>> = {
  charge: 'A charge, captured at once',
  'manual capture': 'Captured later',
  cancellation: 'Canceled, or expired',
  refund: 'Refunded',
  reconciliation: 'Reconciled',
};

export const services: readonly ServiceName[] = ['payments-api', 'bank-gateway', 'ledger'];
export const serviceOf = ({ producer }: Pick<EventContract, 'producer'>): ServiceName => producers[producer];

/** The event's name without its version: `ledger.hold_placed`. */
export const nameOf = ({ type }: Pick<EventContract, 'type'>): string => type.replace(/\.v\d+$/, '');

export const isAnswer = (cause: Cause): cause is BankAnswerTrigger =>
  typeof cause === 'string' && cause.startsWith('bank answers ');
/** The bank's operation: `authorize` for `bank answers authorize`. */
export const verbOf = (answer: BankAnswerTrigger): string => answer.slice('bank answers '.length);
export const textOf = (cause: Cause): string => (typeof cause === 'string' ? cause : nameOf(cause));

/** Every event of the system, in the order in which the sagas need them. */
export function eventsOf(rows: readonly SagaRow[] = sagaTable): EventContract[] {
  return [...new Set(rows.flatMap(({ emits }) => emits))];
}

export const emittersOf = (event: EventContract, rows = sagaTable): readonly SagaRow[] =>
  rows.filter(({ emits }) => emits.includes(event));
export const reactionsTo = (cause: Cause, rows = sagaTable): readonly SagaRow[] =>
  rows.filter(({ on }) => on === cause);
export const askersFor = (answer: BankAnswerTrigger, rows = sagaTable): readonly SagaRow[] =>
  rows.filter(({ asksFor }) => asksFor === answer);

/** A cause that two sagas share, where the drawing of one continues in the other. */
export interface SagaCrossing {
  readonly cause: Cause;
  readonly saga: Saga;
}

/** Events of this saga to which another one reacts. */
export function waysOut(saga: Saga, rows = sagaTable): readonly SagaCrossing[] {
  const led = new Set(rows.filter((row) => row.saga === saga).flatMap(({ emits, asksFor }) => [...emits, asksFor]));
  return [...led].flatMap((cause) =>
    cause
      ? reactionsTo(cause, rows)
          .filter((row) => row.saga !== saga)
          .map((row) => ({ cause, saga: row.saga }))
      : [],
  );
}

/** Events of other sagas to which this one reacts. A bank's answer to the saga's own request is excluded. */
export function waysIn(saga: Saga, rows = sagaTable): readonly SagaCrossing[] {
  const own = rows.filter((row) => row.saga === saga);
  const leadsTo = (row: SagaRow, cause: Cause): boolean =>
    row.asksFor === cause || (typeof cause !== 'string' && row.emits.includes(cause));
  return own.flatMap(({ on }) => {
    const others = rows.filter((row) => row.saga !== saga && leadsTo(row, on)).map((row) => row.saga);
    return [...new Set(others)].map((other) => ({ cause: on, saga: other }));
  });
}
