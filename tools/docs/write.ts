// npm run docs: writes the generated pages.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';
import { pagesOf } from './pages.js';

for (const [name, text] of Object.entries(pagesOf())) await writeFile(join(repositoryRoot, 'docs', name), text);
