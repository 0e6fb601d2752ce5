import type { Evidence } from '../evidence.js';
import { judgeAnswers } from './answers.js';
import { claimRows } from './claims.js';
import { judgeStates } from './explain.js';
import { readKeys } from './keys.js';
import { judgeMoney } from './money.js';
import { judgeReads } from './reads.js';
import { judgeRefusals } from './refusals.js';
import { judgeRows } from './rows.js';

/** What was done is what was asked, and every answer is one that the model allows at that moment. */
export function judgeByModel(evidence: Evidence): string[] {
  if (evidence.exchanges.length === 0) return [];
  const { operations, violations } = readKeys(evidence.exchanges);
  const claims = claimRows(evidence, operations);
  const wrong = [...violations, ...claims.violations, ...judgeRows(claims), ...judgeMoney(claims)];
  return [...wrong, ...judgeAnswers(claims), ...judgeStates(claims), ...judgeRefusals(claims), ...judgeReads(claims)];
}
