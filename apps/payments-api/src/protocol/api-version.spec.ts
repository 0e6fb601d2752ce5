import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { API_VERSION, API_VERSIONS, readApiVersion, servedVersion } from './api-version.js';

/** The versions that the package lets a webhook endpoint have. */
function versionsOfPackage(): string[] {
  const types = readFileSync('node_modules/stripe/esm/resources/WebhookEndpoints.d.ts', 'utf8');
  const [, union = ''] = /type ApiVersion = ([^;]*);/.exec(types) ?? [];
  return [...union.matchAll(/'(\d{4}-\d{2}-\d{2}[.a-z]*)'/g)].map(([, version]) => version!);
}

describe('the versions of the API', () => {
  it('are those of the stripe package, up to the one that it pins', () => {
    expect(versionsOfPackage().filter((version) => version >= '2020-08-27')).toEqual([...API_VERSIONS]);
    expect(API_VERSION).toBe(Stripe.API_VERSION);
  });

  it.each([
    [undefined, API_VERSION],
    ['2020-08-27', '2020-08-27'],
    ['2025-09-30.clover', '2025-09-30.clover'],
    ['2025-09-30', '2025-09-30.clover'],
    ['2025-09-29.clover', '2025-08-27.basil'],
    ['2025-11-17.preview', '2025-11-17.clover'],
    ['2022-11-14', '2022-08-01'],
    ['2011-01-01', '2020-08-27'],
    ['2099-01-01.zinnia', API_VERSION],
    ['2023-10-16; orders_beta=v4', '2023-10-16'],
  ])('serve %s as %s', (asked, served) => {
    expect(readApiVersion(asked)).toBe(served);
  });

  it.each(['', 'latest', '2020-8-27', '2020-02-30', '2020-13-01', '2025-09-30.CLOVER', '2025-09-30, 2025-09-30', 'v1'])(
    'are none of %j',
    (asked) => {
      expect(readApiVersion(asked)).toBeUndefined();
    },
  );

  it('serve the newest where a stored one cannot be read', () => {
    expect(servedVersion('whatever')).toBe(API_VERSION);
  });
});
