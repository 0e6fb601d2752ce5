import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { notEmpty } from '#testing';
import { repositoryRoot } from '../../infra/local/repository.js';
import { stripeRoutes, stripeRoutesFile, stripeRoutesText } from '../stripe-types/stripe-routes.js';
import { compatibilityPage } from './compatibility.js';
import { servedRoutes } from './served-routes.js';

const textOf = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

describe('docs/compatibility.md', () => {
  it('is up to date with npm run docs', async () => {
    expect(textOf('docs/compatibility.md')).toBe(await compatibilityPage(Stripe.PACKAGE_VERSION));
  });

  it('has every route that a controller serves, and every one that the package calls', async () => {
    const page = textOf('docs/compatibility.md');
    const served = await servedRoutes();
    expect(served.length).toBeGreaterThanOrEqual(30);
    for (const { method, path } of notEmpty(served))
      expect(page).toContain(`\`${method} ${path.replaceAll(/:\w+/g, ':id')}\``);
    for (const route of notEmpty(stripeRoutes())) expect(page).toContain(`\`${route}\``);
  });
});

it('the routes that payments-api names are those of the package', () => {
  expect(textOf(stripeRoutesFile)).toBe(stripeRoutesText());
  expect(stripeRoutes()).toEqual(expect.arrayContaining(['GET /v1/charges/search', 'POST /v1/checkout/sessions']));
});
