import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import { strayMoves, strays, undoneMoves, type Strays } from './stray.js';

/** Events that change strays. */
@Controller()
export class LedgerStrayEventsController {
  /** Takes a reversed stray out of suspense. Posts both transfers: reconciliation may not have found the stray yet. */
  @EventPattern<string>('bank.stray_reversed.v1')
  @Decides(strays, bank.strayReversed)
  strayReversed(before: Strays, event: bank.StrayReversed, now: Instant): Decision<Strays> {
    const because = { cause: bank.strayReversed(event).id, now };
    const moves = [...strayMoves(event, because), ...undoneMoves(event, event.reversalBankId, because)];
    return moves.length === 0 ? unchanged(before) : become({ ...before, moves: [...before.moves, ...moves] });
  }
}
