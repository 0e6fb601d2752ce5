import type { bankProtocol } from '#contracts';
import type { Fault } from './exchange.js';

/** An outage of less than a bank: its port has to stay open for the rest, so this caller is cut off instead. */
export const outage: Fault<'outage'> = (exchange) => exchange.reset();

/** Whether a rule takes a whole bank off the network, rather than some of its requests. */
export function closesPortOf(bank: bankProtocol.BankName, rule: bankProtocol.FaultRule): boolean {
  const { scope } = rule;
  return (
    rule.fault === 'outage' &&
    rule.operation === undefined &&
    rule.probability === 1 &&
    rule.times === undefined &&
    scope.account === undefined &&
    scope.card === undefined &&
    scope.charge === undefined &&
    (scope.bank === undefined || scope.bank === bank)
  );
}
