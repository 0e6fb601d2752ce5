import { entitiesOver } from '#postgres';
import { rightsMatchStatements } from '../../../libs/service/src/testing/rights-match.js';
import { ApiKeyEntity } from './accounts/api-key.entity.js';
import { ApiKeyRepository } from './accounts/api-key.repository.js';
import { rollUpStatement } from './balance/balance.repository.js';
import './charges/store/projection.js';
import { paymentsDatabase } from './payments-database.js';
import './payments-api.module.js';

/** What TypeORM makes of a call. */
async function textsOf(call: (keys: ApiKeyRepository) => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const sql = {
    query: <Row>({ text }: { text: string }): Promise<Row[]> => {
      texts.push(text);
      return Promise.resolve([]);
    },
  };
  await call(new ApiKeyRepository((await entitiesOver(sql, [ApiKeyEntity])).getRepository(ApiKeyEntity)));
  return texts;
}

rightsMatchStatements({
  database: paymentsDatabase,
  operatorsOnly: [
    'checker_balance_transactions',
    'checker_charges',
    'checker_refunds',
    'checker_unanswered',
    'checker_unsettled',
    'projection_page',
  ],
  shared: [],
  unnamed: {
    service: [rollUpStatement.text, ...(await textsOf((keys) => keys.accountsOf(['h'])))],
    operators: [
      ...(await textsOf((keys) => keys.provision({ hash: 'h', account: 'acct_1', label: 'shop' }))),
      ...(await textsOf((keys) => keys.revoke('h'))),
    ],
  },
});
