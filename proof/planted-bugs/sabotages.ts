import { accounts } from './bugs/accounts.js';
import { apiKeys } from './bugs/api-keys.js';
import { amounts } from './bugs/amounts.js';
import { answers } from './bugs/answers.js';
import { authorizations } from './bugs/authorizations.js';
import { availability } from './bugs/availability.js';
import { balances } from './bugs/balances.js';
import { bankCalls } from './bugs/bank-calls.js';
import { batches } from './bugs/batches.js';
import { books } from './bugs/books.js';
import { events } from './bugs/events.js';
import { fees } from './bugs/fees.js';
import { fields } from './bugs/fields.js';
import { ids } from './bugs/ids.js';
import { jobs } from './bugs/jobs.js';
import { keys } from './bugs/keys.js';
import { operations } from './bugs/operations.js';
import { processes } from './bugs/processes.js';
import { reads } from './bugs/reads.js';
import { reconciliation } from './bugs/reconciliation.js';
import { time } from './bugs/time.js';
import { webhooks } from './bugs/webhooks.js';
import type { Sabotage } from './sabotage.js';

/** Every planted bug, in the order of its page. */
export const sabotages: readonly Sabotage[] = [
  ...amounts,
  ...fees,
  ...balances,
  ...accounts,
  ...apiKeys,
  ...batches,
  ...keys,
  ...answers,
  ...fields,
  ...reads,
  ...time,
  ...books,
  ...operations,
  ...authorizations,
  ...reconciliation,
  ...bankCalls,
  ...availability,
  ...events,
  ...webhooks,
  ...ids,
  ...jobs,
  ...processes,
];
