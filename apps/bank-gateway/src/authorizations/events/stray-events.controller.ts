import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ledger, type NewEvent } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import { isLive } from '../authorization/operation.js';
import { authorizations } from '../authorization/authorization.js';
import { operationOf, type Authorization, type KnownAuthorization } from '../authorization/authorization-state.js';
import { authorizationApproved, restate } from '../authorization/outcome-events.js';
import { isRecorded, suspect, undoStray } from '../authorization/stray.js';

/** Differences between banks' statements and the ledger. */
@Controller()
export class BankStrayEventsController {
  /** The ledger lacks a performance. If an operation recorded it, resend its event; otherwise reverse it at the bank. */
  @EventPattern<string>('ledger.difference_found.v1')
  @Decides(authorizations, ledger.differenceFound)
  differenceFound(authorization: Authorization, event: ledger.DifferenceFound): Decision<Authorization> {
    const { kind, bank, bankId, movement, reference, amount } = event;
    // Without a charge or a bank id there is nothing to reverse: an operator decides.
    if (authorization.state === 'none' || kind !== 'unknown_to_ledger' || bankId === null)
      return unchanged(authorization);
    if (isRecorded(authorization, bank, bankId))
      return { ...unchanged(authorization), emit: restateWithApproval(authorization, movement) };
    const operation = reference === null ? undefined : operationOf(authorization, reference);
    const stray = { bankId, movement, amount };
    // Rule 11: only performances of ended operations. Check this one again when it ends.
    if (operation && isLive(operation)) return become(suspect(authorization, operation, stray));
    const undone = undoStray(authorization, bank, stray);
    return undone === authorization ? unchanged(authorization) : become(undone);
  }
}

/** `restate` includes the approval only while authorized; a consumer that missed it needs it before the later events. */
function restateWithApproval(authorization: KnownAuthorization, movement: string): readonly NewEvent[] {
  const events = restate(authorization);
  if (movement !== 'authorization' || !('bankAuthorizationId' in authorization)) return events;
  const approved = authorizationApproved(authorization);
  return events.some(({ id }) => id === approved.id) ? events : [approved, ...events];
}
