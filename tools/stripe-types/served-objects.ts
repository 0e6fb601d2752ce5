import { answerSchemas } from './answer-schemas.js';

/** By the field `object`: every object that the API answers with. */
const objects = [
  'balance',
  'balance_transaction',
  'card',
  'charge',
  'customer',
  'event',
  'payment_intent',
  'payment_method',
  'refund',
  'setup_intent',
  'test_helpers.test_clock',
  'token',
  'webhook_endpoint',
];

/** By its path in the repository: the file to which tests hold each answer. */
export const answerSchemasFile = 'libs/testing/src/stripe-answers/answer-schemas.json';

/** A line for each definition, so that a change of the package is a diff that can be read. */
export function answerSchemasText(): string {
  const { apiVersion, ...schemas } = answerSchemas({ objects, paymentMethods: ['card'] });
  const parts = Object.entries(schemas).map(([name, part]) => {
    const lines = Object.entries(part).map(([key, schema]) => `    ${JSON.stringify(key)}: ${JSON.stringify(schema)}`);
    return `  ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n  "apiVersion": ${JSON.stringify(apiVersion)},\n${parts.join(',\n')}\n}\n`;
}
