import { bank } from '#contracts';
import { become, unchanged } from '#saga';
import { step, strayKey, strayMoves, undoneMoves } from './stray.js';

/**
 * A bank undid what nobody had wanted: out of suspense again. Both sides are posted, since the stray itself
 * may not have been found here yet; what is there already is not written again.
 */
export const onStrayReversed = step({
  on: bank.strayReversed,
  idOf: strayKey,
  decide(strays, event, now) {
    const because = { cause: bank.strayReversed(event).id, now };
    const moves = [...strayMoves(event, because), ...undoneMoves(event, event.reversalBankId, because)];
    return moves.length === 0 ? unchanged(strays) : become({ ...strays, moves: [...strays.moves, ...moves] });
  },
});
