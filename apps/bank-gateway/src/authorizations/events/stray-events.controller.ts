import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ledger, type NewEvent } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import { isLive } from '../authorization/operation.js';
import { authorizations } from '../authorization/authorization.js';
import { operationOf, type Authorization, type KnownAuthorization } from '../authorization/authorization-state.js';
import { authorizationApproved, restate } from '../authorization/outcome-events.js';
import { isRecorded, suspect, undoStray } from '../authorization/stray.js';

/** How an authorization reacts to what a bank performed and the books do not show. */
@Controller()
export class BankStrayEventsController {
  /**
   * A bank's statement shows what the books do not. If one of our operations did it, the ledger has missed the
   * event, and the gateway sends it again. If none did, the gateway has the bank reverse it.
   */
  @EventPattern<string>('ledger.difference_found.v1')
  @Decides(authorizations, ledger.differenceFound)
  differenceFound(authorization: Authorization, event: ledger.DifferenceFound): Decision<Authorization> {
    const { kind, bank, bankId, movement, reference, amount } = event;
    // Nobody's charge, or nothing that a bank could be asked to undo: a person looks at the books.
    if (authorization.state === 'none' || kind !== 'unknown_to_ledger' || bankId === null)
      return unchanged(authorization);
    if (isRecorded(authorization, bank, bankId))
      return { ...unchanged(authorization), emit: sayAgain(authorization, movement) };
    const asked = reference === null ? undefined : operationOf(authorization, reference);
    const stray = { bankId, movement, amount };
    // Rule 11: only performances of operations that have ended. It is looked at again when this one has.
    if (asked && isLive(asked)) return become(suspect(authorization, asked, stray));
    const undone = undoStray(authorization, bank, stray);
    return undone === authorization ? unchanged(authorization) : become(undone);
  }
}

/** An approval is owed only until the charge moves on; whoever has missed it needs it before all that came after. */
function sayAgain(authorization: KnownAuthorization, movement: string): readonly NewEvent[] {
  const news = restate(authorization);
  if (movement !== 'authorization' || !('bankAuthorizationId' in authorization)) return news;
  const approved = authorizationApproved(authorization);
  return news.some(({ id }) => id === approved.id) ? news : [approved, ...news];
}
