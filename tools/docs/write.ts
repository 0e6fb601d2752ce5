// npm run docs: writes the generated pages, the dashboards of Grafana and the schemas of Stripe's answers.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stripe } from 'stripe';
import { grafanaJson } from '../../infra/grafana/dashboard.js';
import { dashboards } from '../../infra/grafana/dashboards.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { pagesOf } from './pages.js';
import { stripeRoutesFile, stripeRoutesText } from '../stripe-types/stripe-routes.js';
import { answerSchemasFile, answerSchemasText } from '../stripe-types/served-objects.js';

for (const [name, text] of Object.entries(pagesOf())) await writeFile(join(repositoryRoot, 'docs', name), text);
for (const dashboard of dashboards)
  await writeFile(join(repositoryRoot, 'infra/grafana/dashboards', `${dashboard.name}.json`), grafanaJson(dashboard));
await writeFile(join(repositoryRoot, answerSchemasFile), answerSchemasText());
await writeFile(join(repositoryRoot, stripeRoutesFile), stripeRoutesText());
// After the routes, which it compares.
const { compatibilityPage } = await import('./compatibility.js');
await writeFile(join(repositoryRoot, 'docs', 'compatibility.md'), await compatibilityPage(Stripe.PACKAGE_VERSION));
