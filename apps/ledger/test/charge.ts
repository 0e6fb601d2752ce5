import { bank, type NewEvent } from '#contracts';
import { usd } from '#money';
import { unlimited, type AccountLimits } from '../src/accounts/account-limits.js';
import { noHold, type Hold } from '../src/holds/hold.js';
import { decide } from './given.js';

export const chargeId = 'ch_1';
export const account = 'acct_1';

/** Events of one charge of 9.00 at alder, with overrides. */
export const approved = (other: Partial<bank.AuthorizationApproved> = {}): NewEvent =>
  bank.authorizationApproved({
    chargeId,
    account,
    amount: usd(900),
    capture: 'automatic',
    bank: 'alder',
    bankAuthorizationId: 'alder_1',
    fault: null,
    ...other,
  });

export const captured = (other: Partial<bank.CaptureSucceeded> = {}): NewEvent =>
  bank.captureSucceeded({ chargeId, account, amount: usd(900), bank: 'alder', bankCaptureId: 'alder_2', ...other });

export const voided = (other: Partial<bank.AuthorizationVoided> = {}): NewEvent =>
  bank.authorizationVoided({ chargeId, account, bank: 'alder', cause: 'hold_refused', refusalCode: null, ...other });

export const compensated = (other: Partial<bank.CaptureCompensated> = {}): NewEvent =>
  bank.captureCompensated({ chargeId, account, amount: usd(900), bank: 'alder', bankRefundId: 'alder_3', ...other });

/** The hold after these events, by default without limits. */
export const after = (events: readonly NewEvent[], limits: AccountLimits = unlimited): Hold =>
  events.reduce<Hold>((hold, event) => decide(hold, event, limits).state, noHold(chargeId));

export const frozen: AccountLimits = { ...unlimited, frozen: true };
