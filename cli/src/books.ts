import { serviceCommand } from './service-command.js';

export const books = serviceCommand('books', 'dist/apps/ledger/src/show-books.js');
