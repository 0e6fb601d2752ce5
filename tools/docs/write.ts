// npm run docs: writes the generated pages, and the dashboards of Grafana.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grafanaJson } from '../../infra/grafana/dashboard.js';
import { dashboards } from '../../infra/grafana/dashboards.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { pagesOf } from './pages.js';

for (const [name, text] of Object.entries(pagesOf())) await writeFile(join(repositoryRoot, 'docs', name), text);
for (const dashboard of dashboards)
  await writeFile(join(repositoryRoot, 'infra/grafana/dashboards', `${dashboard.name}.json`), grafanaJson(dashboard));
