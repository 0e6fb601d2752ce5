import type { ApiExchange } from '../history.js';

type Asked = Pick<ApiExchange, 'version'>;

/** Fields of a charge that were null until a version came that has them no more. Source: Stripe's changelog and older SDKs. */
const gone = { invoice: '2025-03-31', destination: '2023-08-16', dispute: '2023-08-16', order: '2022-08-01' };

/** @param date of a version; one that is asked for is a date with or without a name */
const isBefore = ({ version }: Asked, date: string): boolean => version !== undefined && version < date;

/** Undefined for a field that must be absent. */
export const olderFields = (asked: Asked): object =>
  Object.fromEntries(Object.entries(gone).map(([field, date]) => [field, isBefore(asked, date) ? null : undefined]));

/** Fields whose presence depends on the version. */
export const versionedFields = Object.keys(gone);

/** Whether charges contain their refunds unasked. Source: Stripe's changelog, 2022-11-15. */
export const containsRefunds = (asked: Asked): boolean => isBefore(asked, '2022-11-15');
