/** This service's own database. */
export const databaseName = 'payments';
