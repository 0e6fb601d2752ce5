import { brands, type Brand } from './banks.js';
import { faultNames, operationsOf, type FaultName } from './faults.js';
import { faultTokenLengthMax } from './requests.js';

export const tokenOperations = ['authorize', 'capture', 'void', 'refund', 'inquire'] as const;
export type TokenOperation = (typeof tokenOperations)[number];

/** The target of a fault token, and the card of the charge. */
export type FaultAim =
  | { at: 'bank'; brand: Brand; operation: TokenOperation; fault: FaultName; times: number | 'always' }
  | { at: 'ledger'; brand: Brand; fault: 'refuse' };

const timesMax = 100;

/** Plain text, for the API's 400. */
export const faultTokenGrammar = [
  'A fault token reads tok_fault_<operation>_<fault>[_<times>|_always][_on_<brand>], or the same with pm_card_fault_.',
  `operation: ${tokenOperations.join(', ')}.`,
  `fault: ${faultNames.join(', ')}.`,
  `times: the number of attempts to strike, 1 (the default) to ${timesMax}, or always.`,
  `brand: ${brands.join(', ')} (visa by default).`,
  'tok_fault_ledger_refuse[_on_<brand>] makes the ledger refuse the hold.',
  'Example: tok_fault_authorize_drop_after_2_on_amex.',
].join(' ');

/** A fault's name has underscores itself, so it is taken as short as what follows allows. */
const shape =
  /^(?:tok|pm_card)_fault_(?<operation>[^_]+)_(?<fault>[A-Za-z]+(?:_[A-Za-z]+)*?)(?:_(?<times>\d+|always))?(?:_on_(?<brand>[^_]+))?$/;

/**
 * Reads a fault token.
 *
 * @returns undefined when the text is no fault token at all; `invalid` with the reason, in words for a developer,
 * when it begins like one but does not follow the grammar.
 */
export function parseFaultToken(text: string): FaultAim | undefined | { invalid: string } {
  if (!/^(tok|pm_card)_fault(_|$)/.test(text)) return undefined;
  if (text.length > faultTokenLengthMax) return { invalid: `it is longer than ${faultTokenLengthMax} characters` };
  const parts = shape.exec(text)?.groups;
  if (!parts) return { invalid: 'it does not have the form of a fault token' };

  const brand = brands.find((known) => known === (parts['brand'] ?? 'visa'));
  if (!brand) return { invalid: `unknown brand "${parts['brand']}"` };

  if (parts['operation'] === 'ledger') {
    if (parts['fault'] !== 'refuse') return { invalid: `the ledger has no fault "${parts['fault']}", only refuse` };
    if (parts['times'] !== undefined) return { invalid: 'the ledger refuses once and for all: no times here' };
    return { at: 'ledger', brand, fault: 'refuse' };
  }

  const operation = tokenOperations.find((known) => known === parts['operation']);
  if (!operation) return { invalid: `unknown operation "${parts['operation']}"` };
  const fault = faultNames.find((known) => known === parts['fault']);
  if (!fault) return { invalid: `unknown fault "${parts['fault']}"` };
  if (!operationsOf(fault).includes(operation)) return { invalid: `${parts['fault']} cannot strike ${operation}` };

  const times = parts['times'] === 'always' ? 'always' : Number(parts['times'] ?? 1);
  if (times !== 'always' && (times < 1 || times > timesMax)) return { invalid: `times must be 1 to ${timesMax}` };
  return { at: 'bank', brand, operation, fault, times };
}
