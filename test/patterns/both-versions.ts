import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';

/** The promises of a pattern: a test per sentence, run with one of the two versions. */
export type Promises<Version> = Readonly<Record<string, (version: Version) => Promise<void> | void>>;

/** Runs each promise with both versions: the hardened version keeps it, the naive version breaks it. */
export function bothVersions<Version>(
  versions: { naive: Version; hardened: Version },
  promises: Promises<Version>,
): void {
  describe.each(notEmpty(Object.entries(promises)))('%s', (_, promise) => {
    it('holds in the hardened version', async () => {
      await promise(versions.hardened);
    });

    it('does not hold in the naive version', async () => {
      const broken = await (async () => promise(versions.naive))().catch((error: unknown) => error);
      // A failed expectation, not an error in the test itself.
      expect(broken).toHaveProperty('matcherResult');
    });
  });
}
