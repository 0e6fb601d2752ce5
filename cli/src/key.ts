import { serviceCommand } from './service-command.js';

export const key = serviceCommand('key', 'dist/apps/payments-api/src/accounts/provision-key.js');
