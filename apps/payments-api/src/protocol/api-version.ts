/**
 * Every version of Stripe's API since 2020-08-27, the oldest first: those that the `stripe` package names for webhook
 * endpoints. Answers are made as the newest has them, which is the one that the package pins.
 */
export const API_VERSIONS = [
  '2020-08-27',
  '2022-08-01',
  '2022-11-15',
  '2023-08-16',
  '2023-10-16',
  '2024-04-10',
  '2024-06-20',
  '2024-09-30.acacia',
  '2024-10-28.acacia',
  '2024-11-20.acacia',
  '2024-12-18.acacia',
  '2025-01-27.acacia',
  '2025-02-24.acacia',
  '2025-03-01.dashboard',
  '2025-03-31.basil',
  '2025-04-30.basil',
  '2025-05-28.basil',
  '2025-06-30.basil',
  '2025-07-30.basil',
  '2025-08-27.basil',
  '2025-09-30.clover',
  '2025-10-29.clover',
  '2025-11-17.clover',
  '2025-12-15.clover',
  '2026-01-28.clover',
  '2026-02-25.clover',
  '2026-03-25.dahlia',
  '2026-04-22.dahlia',
  '2026-05-27.dahlia',
  '2026-06-24.dahlia',
  '2026-07-29.dahlia',
  '2026-08-26.dahlia',
  '2026-09-30.endive',
  '2026-10-28.endive',
] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

/** The newest: what a request gets that names none. */
export const API_VERSION: ApiVersion = API_VERSIONS.at(-1)!;

/** A date, the release's name, and betas of Stripe's, which none is offered of: `2025-09-30.clover; some_beta=v1`. */
const WELL_FORMED = /^(\d{4}-\d{2}-\d{2})(\.[a-z_]{1,32})?(\s*;\s*[a-z0-9_]{1,64}=v\d{1,4}){0,20}$/;

/**
 * The version that a request is served: the one it names, or the newest that is not newer; the oldest for what is
 * older than all.
 *
 * @param header `Stripe-Version`
 * @returns undefined for a header that names no version
 */
export function readApiVersion(header: string | undefined): ApiVersion | undefined {
  if (header === undefined) return API_VERSION;
  const date = WELL_FORMED.exec(header)?.[1];
  return date !== undefined && isDate(date) ? latestUntil(date) : undefined;
}

/** Of a version that was read before, perhaps by a release that knew others. */
export const servedVersion = (stored: string): ApiVersion => readApiVersion(stored) ?? API_VERSION;

const latestUntil = (date: string): ApiVersion =>
  API_VERSIONS.findLast((version) => version.slice(0, date.length) <= date) ?? API_VERSIONS[0];

const isDate = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};
