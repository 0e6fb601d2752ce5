import { expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { faultWords, operationsOf } from './fault-words.js';

it('every fault has a word, and every operation that the page offers with it makes a fault token', () => {
  const tokens = bankProtocol.faultNames.flatMap((fault) =>
    operationsOf(fault).map((operation) => `tok_fault_${operation}_${fault}`),
  );
  expect(Object.keys(faultWords).toSorted()).toEqual(bankProtocol.faultNames.toSorted());
  expect(tokens.filter((token) => !('at' in (bankProtocol.parseFaultToken(token) ?? {})))).toEqual([]);
});
