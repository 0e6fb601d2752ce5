import { afterOperation, release } from '../../apps/bank-gateway/src/authorizations/authorization/authorization.js';
import {
  liveOperations,
  type Authorization,
} from '../../apps/bank-gateway/src/authorizations/authorization/authorization-state.js';
import { appendAttempt, recordAttempts } from '../../apps/bank-gateway/src/authorizations/authorization/attempt.js';
import { nextAction } from '../../apps/bank-gateway/src/authorizations/authorization/next-action.js';
import {
  isLive,
  startReversal,
  type Operation,
} from '../../apps/bank-gateway/src/authorizations/authorization/operation.js';
import { recordReversal } from '../../apps/bank-gateway/src/authorizations/authorization/reversal.js';
import { authorized, banks } from '../../apps/bank-gateway/test/authorization-under-test.js';
import { alder, moment, reversal, timedOut, times, voided } from '../../apps/bank-gateway/test/operation-under-test.js';
import type { SagaWorld } from './saga-world.js';

/** The gateway's own decisions about one charge, with its rows in memory. Each state is committed before it is acted on. */
export async function hardenedSaga({ bank, ledger }: SagaWorld): Promise<Authorization> {
  await bank.authorize();
  let state: Authorization = authorized;
  try {
    await ledger.placeHold();
    await bank.capture();
  } catch {
    state = release(authorized, 'hold_refused', null);
  }
  for (let [operation] = liveOperations(state); operation; [operation] = liveOperations(state))
    state = afterOperation(state, await nextStep(operation, bank), banks()).state;
  return state;
}

/** The worker's next step with an operation: in doubt it retries or inquires until the bank's answer is definite. */
async function nextStep(operation: Operation, bank: SagaWorld['bank']): Promise<Operation> {
  const answer = (): Promise<boolean> =>
    bank.void().then(
      () => true,
      () => false,
    );
  switch (nextAction(operation, alder, moment().bankNow)) {
    case 'attempt': {
      const begun = appendAttempt(operation, times());
      const outcome = (await answer()) ? voided : timedOut;
      return recordAttempts(begun, alder, [{ attemptId: begun.attempts.at(-1)!.id, outcome }], moment());
    }
    case 'start_reversal':
      return startReversal(operation);
    case 'reverse':
      return recordReversal(operation, alder, (await answer()) ? reversal({ state: 'reversed' }) : timedOut, moment());
    case 'inquire':
      throw new Error(`${operation.reference}: no bank of this test is inquired, ${isLive(operation)}`);
  }
}
