/** The reason why the system cannot start, as a sentence for the operator. It is shown without a stack trace. */
export class CannotStart extends Error {
  override name = 'CannotStart';
}

/** Error codes of disk and permissions, which the operator must resolve. */
const REFUSALS = [
  'EACCES',
  'EDQUOT',
  'EEXIST',
  'EIO',
  'EISDIR',
  'ELOOP',
  'EMFILE',
  'ENAMETOOLONG',
  'ENFILE',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
];

/** Turns the error of a failed start into a CannotStart, if the operator can resolve it. Others are returned unchanged. */
export function causeOf(error: unknown, dataDir: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  // Part of a longer message of Postgres, Java or Node.
  if (/No space left on device|ENOSPC/.test(message)) return new CannotStart(`The disk of ${dataDir} is full.`);
  if (code && REFUSALS.includes(code)) return new CannotStart(`The data folder ${dataDir} cannot be used: ${message}.`);
  return error;
}
