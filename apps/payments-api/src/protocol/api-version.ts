/** The version of Stripe's API whose shapes are rendered here: that of the stripe package in package.json. */
export const API_VERSION = '2026-10-28.endive';

const WELL_FORMED = /^\d{4}-\d{2}-\d{2}(\.[a-z]{1,32})?$/;

/** The version that a request asked for. It is remembered and echoed; there is one rendering for all. */
export function apiVersionOf(header: string | undefined): string {
  return header !== undefined && WELL_FORMED.test(header) ? header : API_VERSION;
}
