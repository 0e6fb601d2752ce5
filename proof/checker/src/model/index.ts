import type { Evidence } from '../evidence.js';
import { judgeAnswers } from './answers.js';
import { claimRows, type AttributedRows } from './attributed-rows.js';
import { judgeClocks } from './clocks.js';
import { judgeCredentials } from './credentials.js';
import { judgeDocumentedFields } from './documented-fields.js';
import { judgeStates } from './explain.js';
import { judgeExpansions } from './expansions.js';
import { readKeys } from './key-history.js';
import { judgeMoney } from './money.js';
import { judgeReads } from './reads.js';
import { judgeRefusals } from './refusals.js';
import { judgeRows } from './rows.js';
import { judgeUncaptured } from './uncaptured.js';

/** A17: every operation was performed as requested, and every answer is one that the model allows at its time. */
export function judgeByModel(evidence: Evidence): string[] {
  if (evidence.exchanges.length === 0) return [];
  const { operations, violations } = readKeys(evidence.exchanges);
  const claims = claimRows(evidence, operations);
  const judges = [
    judgeRows,
    judgeUncaptured,
    judgeMoney,
    judgeAnswers,
    judgeStates,
    judgeRefusals,
    judgeReads,
    judgeDocumentedFields,
    judgeExpansions,
    judgeCredentials,
    judgeClocks,
  ];
  return [...violations, ...claims.violations, ...judges.flatMap((judge) => judged(judge, claims))];
}

/** A malformed answer is one violation, and must not hide others. */
function judged(judge: (claims: AttributedRows) => string[], claims: AttributedRows): string[] {
  try {
    return judge(claims);
  } catch (error) {
    return [`${judge.name}: an answer is malformed: ${String(error)}`];
  }
}
