import { describe, it } from '@jest/globals';
import { usd } from '#money';
import { after, approved, captured, chargeId, compensated, frozen, voided } from '../../test/charge.js';
import { given } from '../../test/given.js';
import { noHold } from './hold.js';

const moving = 'single compensation suspense:alder:usd → bank_receivable:alder:usd 900';

describe('when the bank refunded a suspended capture, the ledger', () => {
  it('takes it out of suspense', () => {
    given(after([approved(), voided(), captured()]))
      .when(compensated())
      .thenEmitsNothing()
      .becoming('released')
      .moving(moving);
    given(after([captured(), voided()]))
      .when(compensated())
      .thenEmitsNothing()
      .moving(moving);
    given(after([approved(), captured()], frozen))
      .when(compensated())
      .thenEmitsNothing()
      .becoming('refused')
      .moving(moving);
  });

  it('does it once', () => {
    given(after([approved(), voided(), captured(), compensated()]))
      .when(compensated())
      .thenNothing();
    given(after([approved(), captured(), compensated(), voided()], frozen))
      .when(compensated())
      .thenNothing();
  });

  it('does not suspend a compensated capture again', () => {
    given(after([approved(), voided(), captured(), compensated()]))
      .when(captured())
      .thenNothing();
  });

  it('rejects a compensation of a capture that is not in suspense', () => {
    const histories = [[], [approved()], [approved(), captured()], [captured()], [approved(), voided()]];
    for (const events of histories) {
      const hold = events.length === 0 ? noHold(chargeId) : after(events);
      given(hold).when(compensated()).thenFails('not in suspense');
    }
    given(after([approved(), voided(), captured()]))
      .when(compensated({ amount: usd(1) }))
      .thenFails('another amount than it had captured');
  });
});
