import type { ServiceDatabase } from '#postgres';
import { migrations } from './migrations/migrations.js';

export const gatewayDatabase: ServiceDatabase = {
  name: 'bank_gateway',
  migrations,
  rights: {
    service: {
      bank_authorization: ['SELECT', 'INSERT', 'UPDATE'],
      bank_operation: ['SELECT', 'INSERT', 'UPDATE'],
      statement_cursor: ['SELECT', 'INSERT', 'UPDATE'],
    },
    operators: {},
  },
};
