import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import { strayMoves, strays, undoneMoves, type Strays } from './stray.js';

/** What the strays of a charge react to. */
@Controller()
export class LedgerStrayEventsController {
  /**
   * A bank reversed a stray: the ledger moves its money out of suspense. It posts both sides, since it may not have
   * found the stray itself yet; a transfer that is there already is not written again.
   */
  @EventPattern<string>('bank.stray_reversed.v1')
  @Decides(strays, bank.strayReversed)
  strayReversed(before: Strays, event: bank.StrayReversed, now: Instant): Decision<Strays> {
    const because = { cause: bank.strayReversed(event).id, now };
    const moves = [...strayMoves(event, because), ...undoneMoves(event, event.reversalBankId, because)];
    return moves.length === 0 ? unchanged(before) : become({ ...before, moves: [...before.moves, ...moves] });
  }
}
