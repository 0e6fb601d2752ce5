import { serviceCommand } from './service-command.js';

export const limit = serviceCommand('limit', 'dist/apps/ledger/src/limit.js');
