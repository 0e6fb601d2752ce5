import type { Evidence } from '../evidence.js';
import { judgeAnswers } from './answers.js';
import { claimRows, type AttributedRows } from './attributed-rows.js';
import { judgeCredentials } from './credentials.js';
import { judgeStates } from './explain.js';
import { readKeys } from './key-history.js';
import { judgeMoney } from './money.js';
import { judgeReads } from './reads.js';
import { judgeRefusals } from './refusals.js';
import { judgeRows } from './rows.js';

/** What was done is what was asked, and every answer is one that the model allows at that moment. */
export function judgeByModel(evidence: Evidence): string[] {
  if (evidence.exchanges.length === 0) return [];
  const { operations, violations } = readKeys(evidence.exchanges);
  const claims = claimRows(evidence, operations);
  const judges = [judgeRows, judgeMoney, judgeAnswers, judgeStates, judgeRefusals, judgeReads, judgeCredentials];
  return [...violations, ...claims.violations, ...judges.flatMap((judge) => judged(judge, claims))];
}

/** An answer without the fields of its object is wrong in itself, and must not hide what else is. */
function judged(judge: (claims: AttributedRows) => string[], claims: AttributedRows): string[] {
  try {
    return judge(claims);
  } catch (error) {
    return [`${judge.name}: something is not of the form that it must have: ${String(error)}`];
  }
}
