import { rename, writeFile } from 'node:fs/promises';

/** Writes a file that only its owner can read, whatever mode an earlier one had; it is there as a whole or not at all. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
