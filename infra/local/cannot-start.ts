/** What keeps the system from starting, in a sentence for the operator: it is shown without a stack. */
export class CannotStart extends Error {
  override name = 'CannotStart';
}

/** What a disk or its permissions refuse: the operator's to mend, and no bug. */
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

/** The sentence for what ended a start; what is no operator's to mend comes back as it is. */
export function causeOf(error: unknown, dataDir: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  // Said by Postgres, Java or Node, in the middle of much else.
  if (/No space left on device|ENOSPC/.test(message)) return new CannotStart(`The disk of ${dataDir} is full.`);
  if (code && REFUSALS.includes(code)) return new CannotStart(`The data folder ${dataDir} cannot be used: ${message}.`);
  return error;
}
