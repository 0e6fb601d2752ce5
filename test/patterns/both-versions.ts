import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';

/** What a pattern promises: each sentence is a test of the version that it is given. */
export type Promises<Version> = Readonly<Record<string, (version: Version) => Promise<void> | void>>;

/** One list of promises over two versions of a pattern: the hardened one keeps each of them, the naive one none. */
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
      // An expectation that was not met, and not a mistake in the test.
      expect(broken).toHaveProperty('matcherResult');
    });
  });
}
